/** Files that a rewrite has made, under writes and in every form, in the hands of redis-server; and killed processes. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { ServerProcess } from "../support/process.js";
import type { WireClient } from "../support/wire.js";

const ON = ["--appendonly", "yes", "--save", "", "--enable-debug-command", "yes"];

async function info(client: WireClient, name: string): Promise<string> {
  const text = (await client.call("INFO", "persistence")) as string;
  return new RegExp(`^${name}:(.*)\r$`, "m").exec(text)?.[1] ?? "absent";
}

async function rewritten(client: WireClient): Promise<void> {
  for (;;) {
    const [running, scheduled] = [
      await info(client, "aof_rewrite_in_progress"),
      await info(client, "aof_rewrite_scheduled"),
    ];
    if (running === "0" && scheduled === "0") break;
  }
  assert.equal(await info(client, "aof_last_bgrewrite_status"), "ok");
}

/** Every type, small and large, in two databases, some with an expiry. */
async function fill(client: WireClient): Promise<void> {
  for (const [database, count] of [
    [0, 3],
    [9, 700],
  ] as const) {
    await client.call("SELECT", database);
    const numbers = Array.from({ length: count }, (_, index) => index);
    for (const n of numbers) await client.call("SET", `string:${n}`, "v".repeat(n));
    await client.call("RPUSH", "list", ...numbers.map((n) => `element ${n}`));
    await client.call("SADD", "integers", ...numbers);
    await client.call("SADD", "set", ...numbers.map((n) => `member ${n}`));
    await client.call("HSET", "hash", ...numbers.flatMap((n) => [`field ${n}`, n]));
    await client.call("ZADD", "zset", ...numbers.flatMap((n) => [n / 7, `member ${n}`]));
    await client.call("SET", "expiring", "x", "PX", "100000000");
    await client.call("PEXPIRE", "hash", "100000000");
  }
  await client.call("SET", "binary", Buffer.from([0, 13, 10, 255, 35, 36]) as unknown as string);
}

for (const preamble of ["yes", "no"])
  oracleTest(`redis-server starts on rewritten files (aof-use-rdb-preamble ${preamble})`, async () => {
    const dir = temporaryDirectory();
    try {
      let digest: unknown;
      {
        await using server = await ServerProcess.start({
          dir,
          args: [...ON, "--aof-use-rdb-preamble", preamble, "--aof-timestamp-enabled", "yes"],
        });
        using client = await server.client();
        await fill(client);
        await client.call("BGREWRITEAOF");
        for (let n = 0; n < 200; n++) await client.call("INCR", "counter");
        await rewritten(client);
        await client.call("CONFIG", "SET", "appendonly", "no");
        await client.call("INCR", "counter");
        await client.call("CONFIG", "SET", "appendonly", "yes");
        await rewritten(client);
        await client.call("INCR", "counter");
        digest = await client.call("DEBUG", "DIGEST");
        await eventually(
          "the history is removed",
          () => readdirSync(join(dir, "appendonlydir")).length === 3,
        );
        await server.kill("SIGTERM");
      }
      const directory = join(dir, "appendonlydir");
      const check = spawnSync("redis-check-aof", [join(directory, "appendonly.aof.manifest")], {
        encoding: "utf8",
      });
      assert.equal(check.status, 0, check.stdout);
      await using oracle = await startOracle({ dir, args: ["--appendonly", "yes"] });
      using client = await oracle.client();
      assert.equal(await client.call("DEBUG", "DIGEST"), digest);
      await client.call("BGREWRITEAOF");
      await rewritten(client);
      await client.call("INCR", "more");
      digest = await client.call("DEBUG", "DIGEST");
      await oracle.kill("SIGKILL");
      await using again = await ServerProcess.start({ dir, args: ON });
      using last = await again.client();
      assert.equal(await last.call("DEBUG", "DIGEST"), digest);
    } finally {
      removeDirectory(dir);
    }
  });

oracleTest(
  "a process killed during a rewrite leaves files that both servers start on with the same data",
  async () => {
    const dir = temporaryDirectory();
    try {
      for (let round = 0; round < 3; round++) {
        const before = temporaryDirectory();
        await using server = await ServerProcess.start({ dir, args: ON });
        using client = await server.client();
        if (round === 0) await fill(client);
        const count = Number(await client.call("GET", "counter"));
        await client.call("BGREWRITEAOF");
        for (let n = 0; n < round * 40; n++) await client.call("INCR", "counter");
        await server.kill("SIGKILL");
        cpSync(dir, before, { recursive: true });
        await using again = await ServerProcess.start({ dir, args: ON });
        await using oracle = await startOracle({ dir: before, args: ["--appendonly", "yes"] });
        using ours = await again.client();
        using theirs = await oracle.client();
        assert.equal(await ours.call("DEBUG", "DIGEST"), await theirs.call("DEBUG", "DIGEST"));
        assert.equal(Number(await ours.call("GET", "counter")), count + round * 40);
        await again.kill("SIGTERM");
        removeDirectory(before);
      }
    } finally {
      removeDirectory(dir);
    }
  },
);
