/** `tidemark restore`: back to a time, an offset or a command, across rewrites whose files were kept. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { restore } from "#tidemark/server/tools/restore.js";
import { eventually } from "../../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../../support/directory.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { type SimulatedPlatform, simulatedPlatform } from "../../support/platform.js";
import { ServerProcess, TIDEMARK_EXECUTABLE } from "../../support/process.js";
import type { Directives } from "../../support/product.js";
import { SimulatedServer } from "../../support/simulated-server.js";
import type { WireClient } from "../../support/wire.js";

const DIR = "/data";
const HISTORY = "/data/appendonlydir/history";
const KEEP: Directives = {
  appendonly: "yes",
  "aof-timestamp-enabled": "yes",
  "aof-history-retention": "count 10",
};

/** A server whose list `days` grows by one element a second. */
class Machine extends SimulatedServer {
  /** The clock behind each element, milliseconds. */
  readonly times: number[] = [];

  async days(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.advance(1000);
      await this.call("RPUSH", "days", String(this.times.length));
      this.times.push(this.platform.clock.now());
    }
  }

  async rewrite(): Promise<void> {
    await this.call("BGREWRITEAOF");
    for (let turns = 0; turns < 400; turns++) {
      await this.advance(5);
      const info = String(await this.call("INFO", "persistence"));
      if (!info.includes("aof_rewrite_in_progress:0")) continue;
      assert.match(info, /aof_last_bgrewrite_status:ok/);
      if ((this.disk.list("/data/appendonlydir") ?? []).length <= 4) return;
    }
    throw new Error("the rewrite does not end");
  }
}

/** Three generations: days 0 to 2, FLUSHALL, days 3 to 5, a rewrite in between each. */
async function threeGenerations(directives: Directives = {}): Promise<Machine> {
  const machine = await Machine.start({ ...KEEP, ...directives }, simulatedPlatform(3));
  await machine.days(3);
  await machine.rewrite();
  await machine.days(1);
  await machine.call("MULTI");
  await machine.call("SET", "last", "words");
  await machine.call("FLUSHALL");
  await machine.call("EXEC");
  await machine.days(2);
  await machine.rewrite();
  await machine.days(2);
  await machine.close();
  return machine;
}

let outs = 0;

async function run(
  platform: SimulatedPlatform,
  ...args: string[]
): Promise<{ status: number; output: string; out: string }> {
  const out = `/restored-${++outs}`;
  platform.host.output = "";
  const status = await platform.clock.run(restore(["--dir", DIR, "--out", out, ...args], platform));
  return { status, output: platform.host.output, out };
}

/** What a server finds in the directory. */
async function days(platform: SimulatedPlatform, dir: string): Promise<string> {
  const left = platform.rebooted(platform.disk.afterPowerLoss("synced"));
  const machine = await Machine.start({ appendonly: "yes", dir }, left);
  const list = (await machine.call("LRANGE", "days", "0", "-1")) as string[];
  await machine.close();
  return list.join(" ");
}

test("a time, in every generation and at its edges", async () => {
  const { platform, times } = await threeGenerations();
  const expected = ["0", "0 1", "0 1 2", "0 1 2 3", "4", "4 5", "4 5 6", "4 5 6 7"];
  for (const [day, list] of expected.entries()) {
    const ms = times[day]!;
    const to = [String(Math.floor(ms / 1000)), String(ms), new Date(ms).toISOString()][day % 3]!;
    // Day 3 and FLUSHALL share a second.
    if (day === 3) continue;
    const { status, output, out } = await run(platform, "--to", to);
    assert.equal(status, 0, output);
    assert.match(
      output,
      /^Restored the data set of \d{4}-.*\nStart a server with: --dir \/restored-\d+ --appendonly yes\n$/,
    );
    assert.equal(await days(platform, out), list);
  }
  const early = await run(platform, "--to", "1000000");
  assert.equal(early.status, 1);
  assert.match(early.output, /^The files begin at .*, later than 1970-01-12T13:46:40Z\.\n$/);
});

test("before a command: its transaction goes with it, and any occurrence can be meant", async () => {
  const { platform } = await threeGenerations();
  for (const [to, list] of [
    [["before:flushall"], "0 1 2 3"],
    [["before:RPUSH", "--occurrence", "2"], "0"],
    [["before:RPUSH", "--occurrence", "-1"], "4 5 6"],
    [["before:RPUSH", "--occurrence", "-8"], ""],
  ] as const) {
    const { status, output, out } = await run(platform, "--to", ...to);
    assert.equal(status, 0, output);
    assert.equal(await days(platform, out), list);
  }
  assert.match((await run(platform, "--to", "before:XADD")).output, /^There is no XADD in the files\./);
  const third = await run(platform, "--to", "before:FLUSHALL", "--occurrence", "3");
  assert.match(third.output, /^There are only 1 FLUSHALL in the files, so none is number 3\.\n$/);
});

test("an offset: up to the last mark that is not beyond it", async () => {
  const platform = simulatedPlatform(4);
  const machine = await Machine.start(KEEP, platform);
  await machine.days(2);
  await machine.close();
  const again = await Machine.start(KEEP, platform);
  await again.days(1);
  const offset = /master_repl_offset:(\d+)/.exec(String(await again.call("INFO", "replication")))![1]!;
  await again.close();
  const all = await run(platform, "--to", `offset:${offset}`);
  assert.equal(all.status, 0, all.output);
  assert.equal(all.output.split("\n")[0], `Restored the data set at offset ${offset}.`);
  assert.equal(await days(platform, all.out), "0 1 0");
  const less = await run(platform, "--to", `offset:${Number(offset) - 1}`);
  assert.match(less.output, /the last mark that is not beyond/);
  assert.equal(await days(platform, less.out), "0 1");
  const more = await run(platform, "--to", `offset:${Number(offset) + 1}`);
  assert.match(more.output, /^The last mark in the files is at offset \d+, before \d+\.\n$/);
});

test("a restore that fails leaves no files, and can be tried again", async () => {
  const { platform } = await threeGenerations();
  for (const operation of ["makeDirectory", "open", "write", "sync", "rename", "syncDirectory"] as const) {
    const args = ["--to", "before:FLUSHALL", "--out", `/out-${operation}`];
    let failures = 0;
    for (let after = 0; after < 50; after++) {
      const failure = platform.disk.fail({ operation, path: "/out-", after, code: "ENOSPC" });
      const { status, output } = await run(platform, ...args);
      failure.stop();
      if (status === 0) break;
      failures++;
      assert.match(output, /No space left on device/);
      assert.deepEqual(platform.disk.list(`/out-${operation}/appendonlydir`) ?? [], []);
    }
    assert.ok(failures > 0, operation);
    assert.equal(await days(platform, `/out-${operation}`), "0 1 2 3");
  }
});

test("a single file: back to a command, to a time, and to the snapshot at its beginning", async () => {
  const single = { ...KEEP, "aof-history-retention": "", "aof-layout": "single" };
  const machine = await Machine.start(single, simulatedPlatform(8));
  await machine.days(2);
  await machine.rewrite();
  const snapshotMs = machine.platform.clock.now();
  await machine.days(2);
  await machine.call("FLUSHALL");
  await machine.days(1);
  await machine.close();
  const { platform, times } = machine;
  for (const [to, list] of [
    ["before:FLUSHALL", "0 1 2 3"],
    ["before:RPUSH", "0 1"],
    [String(times[2]), "0 1 2"],
    [String(snapshotMs), "0 1"],
    [String(times[4]), "4"],
  ] as const) {
    const { status, output, out } = await run(platform, "--to", to);
    assert.equal(status, 0, output);
    assert.equal(await days(platform, out), list, to);
  }
  const early = await run(platform, "--to", String(times[0]));
  assert.match(early.output, /^The files begin at /);
  const offset = await run(platform, "--to", "offset:1");
  assert.match(offset.output, /^The files have no marks/);
});

test("a file that cannot be read is named", async () => {
  const { platform } = await threeGenerations();
  platform.disk.fail({ operation: "open", path: ".incr.", code: "EACCES", times: 1 });
  const { status, output } = await run(platform, "--to", "before:FLUSHALL");
  assert.equal(status, 1);
  assert.match(output, /^\/data\/appendonlydir\/\S+\.incr\.aof: Permission denied\n$/);
});

test("what is not to be touched stays, and what makes no sense is refused", async () => {
  const { platform } = await threeGenerations();
  const before = platform.disk.list(HISTORY)!.length;
  platform.disk.place("/full/file", "x");
  for (const [args, message] of [
    [["--to", "before:RPUSH", "--out", "/full"], /\/full is not empty/],
    [["--to", "before:RPUSH", "--out", "/data"], /only read/],
    [["--to", "before:RPUSH", "--out", "/data/appendonlydir/x"], /only read/],
    [["--to", "yesterday"], /"yesterday" is no moment/],
    [["--to", "before:RPUSH", "--occurrence", "0"], /--occurrence is a number/],
    [["--to", "before:RPUSH", "--dir", "/full"], /There is no append-only file in \/full/],
    [["--to", "before:RPUSH", "--dir", "/nowhere"], /\/nowhere is not a directory/],
    [["--from", "x"], /^Usage:/],
  ] as const) {
    const { status, output } = await run(platform, ...args);
    assert.equal(status, 1);
    assert.match(output, message);
  }
  assert.equal(platform.disk.list(HISTORY)!.length, before);
  assert.equal((await run(platform, "--help")).status, 0);
});

test("damage before the moment is in the way, damage behind it is not", async () => {
  const { platform } = await threeGenerations();
  const incr = platform.disk.list(HISTORY)!.filter((name) => name.endsWith(".incr.aof"))[1]!;
  platform.disk.damage(`${HISTORY}/${incr}`, platform.disk.stat(`${HISTORY}/${incr}`)!.bytes - 200);
  assert.equal((await run(platform, "--to", "before:RPUSH", "--occurrence", "2")).status, 0);
  const { status, output } = await run(platform, "--to", "before:RPUSH", "--occurrence", "-1");
  assert.equal(status, 1);
  assert.match(
    output,
    /\.incr\.aof is damaged from offset \d+ on .* and the moment is behind that\. "tidemark check-aof/,
  );
});

test("without times only commands and offsets can be found", async () => {
  const { platform } = await threeGenerations({ "aof-timestamp-enabled": "no" });
  const { status, output } = await run(platform, "--to", String(Math.floor(platform.clock.now() / 1000)));
  assert.equal(status, 1);
  assert.match(output, /have no times: aof-timestamp-enabled was off/);
});

function generations({ disk }: SimulatedPlatform): number {
  return (disk.list(HISTORY) ?? []).filter((name) => name.endsWith(".manifest")).length;
}

test("history goes when it is too old, and when the limits become smaller", async () => {
  const platform = simulatedPlatform(6);
  const machine = await Machine.start({ ...KEEP, "aof-history-retention": "age 10m" }, platform);
  for (let i = 0; i < 4; i++) {
    await machine.days(1);
    await machine.rewrite();
  }
  assert.equal(generations(platform), 4);
  await machine.call("CONFIG", "SET", "aof-history-retention", "count 3 age 10m");
  await platform.clock.advance(200);
  assert.equal(generations(platform), 3);
  await platform.clock.advance(590_000);
  assert.equal(generations(platform), 3);
  await platform.clock.advance(20_000);
  assert.equal(generations(platform), 0);
  assert.deepEqual(platform.disk.list(HISTORY), []);
  await machine.days(1);
  await machine.rewrite();
  await platform.clock.advance(610_000);
  assert.equal(generations(platform), 0);
  await machine.close();
});

test("history is kept within its limits", async () => {
  for (const [limit, expected] of [
    ["count 2", 2],
    ["age 9s", 2],
    ["bytes 1", 0],
    ["count 3 age 1d bytes 1gb", 3],
    ["", 0],
  ] as const) {
    const machine = await Machine.start({ ...KEEP, "aof-history-retention": limit }, simulatedPlatform(5));
    for (let i = 0; i < 4; i++) {
      await machine.days(5);
      await machine.rewrite();
    }
    await machine.platform.clock.advance(100);
    assert.equal(generations(machine.platform), expected, limit);
    const shown = await machine.call("CONFIG", "GET", "aof-history-retention");
    assert.deepEqual(shown, ["aof-history-retention", limit.replace("1gb", "1073741824")]);
    await machine.close();
  }
});

async function rewritten(client: WireClient, dir: string): Promise<void> {
  await client.call("BGREWRITEAOF");
  await eventually("the rewrite has ended", async () => {
    const info = String(await client.call("INFO", "persistence"));
    return /aof_rewrite_in_progress:0/.test(info) && readdirSync(join(dir, "appendonlydir")).length <= 4;
  });
}

oracleTest("redis-server loads what was restored, and is not disturbed by kept history", async () => {
  const dir = temporaryDirectory();
  const out = temporaryDirectory();
  try {
    let digest: unknown;
    {
      await using server = await ServerProcess.start({
        dir,
        args: [
          "--appendonly",
          "yes",
          "--aof-history-retention",
          "count",
          "5",
          "--enable-debug-command",
          "yes",
        ],
      });
      using client = await server.client();
      for (let round = 0; round < 3; round++) {
        await client.call("SADD", "set", ...Array.from({ length: 300 }, (_, at) => `${round}:${at}`));
        await client.call("SET", `key:${round}`, "x", "PX", "100000000");
        if (round === 1) {
          digest = await client.call("DEBUG", "DIGEST");
          await client.call("FLUSHALL");
        }
        await rewritten(client, dir);
      }
      await server.kill("SIGTERM");
    }
    const args = ["restore", "--dir", dir, "--to", "before:FLUSHALL", "--out", out];
    const { status, stdout, stderr } = spawnSync(TIDEMARK_EXECUTABLE, args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Restored the data set before FLUSHALL number 1\.\n/);
    {
      await using oracle = await startOracle({ dir: out, args: ["--appendonly", "yes"] });
      using client = await oracle.client();
      assert.equal(await client.call("DEBUG", "DIGEST"), digest);
    }
    const kept = readdirSync(join(dir, "appendonlydir", "history"));
    {
      await using oracle = await startOracle({ dir, args: ["--appendonly", "yes"] });
      using client = await oracle.client();
      assert.equal(await client.call("SCARD", "set"), 300);
    }
    assert.deepEqual(readdirSync(join(dir, "appendonlydir", "history")), kept);
    // A kept generation is a log of its own.
    const [manifest] = kept.filter((name) => name.endsWith(".manifest"));
    const names = ["--appenddirname", "history", "--appendfilename", manifest!.replace(".manifest", "")];
    await using oracle = await startOracle({
      dir: join(dir, "appendonlydir"),
      args: ["--appendonly", "yes", ...names],
    });
    using client = await oracle.client();
    assert.equal(await client.call("SCARD", "set"), 300);
  } finally {
    removeDirectory(dir);
    removeDirectory(out);
  }
});
