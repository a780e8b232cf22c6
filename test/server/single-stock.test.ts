/** The single-file layout with real threads, a real disk and a kill, and its file in the hands of redis-server. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { ServerProcess } from "../support/process.js";
import type { WireClient } from "../support/wire.js";

const SINGLE = [
  "--appendonly",
  "yes",
  "--aof-layout",
  "single",
  "--save",
  "",
  "--enable-debug-command",
  "yes",
];
/** So many of these are more than the channel to the thread holds. */
const VALUE = "v".repeat(5000);

async function isRewritten(client: WireClient): Promise<boolean> {
  const text = (await client.call("INFO", "persistence")) as string;
  return /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0[\s\S]*aof_last_bgrewrite_status:ok/.test(text);
}

for (const preamble of ["yes", "no"])
  oracleTest(
    `one file, rewritten under writes, and redis-server (aof-use-rdb-preamble ${preamble})`,
    async () => {
      const dir = temporaryDirectory();
      const args = [...SINGLE, "--aof-use-rdb-preamble", preamble];
      const file = join(dir, "appendonly.aof");
      try {
        let digest: unknown;
        {
          await using server = await ServerProcess.start({ dir, args });
          using client = await server.client();
          for (let n = 0; n < 300; n++) await client.call("SET", `key:${n}`, "value");
          for (let round = 0; round < 2; round++) {
            assert.match(String(await client.call("BGREWRITEAOF")), /started/);
            for (let writes = 0; writes < 400; writes += 20) {
              for (let n = 0; n < 20; n++) {
                client.send("RPUSH", "list", writes + n);
                client.send("SET", `large:${n}`, VALUE);
              }
              for (let n = 0; n < 40; n++) await client.receive();
            }
            await client.call("INCR", "counter");
            while (!(await isRewritten(client))) await delay(10);
          }
          digest = await client.call("DEBUG", "DIGEST");
          assert.deepEqual(readdirSync(dir), ["appendonly.aof"]);
          await server.kill("SIGKILL");
        }
        assert.doesNotMatch(readFileSync(file, "latin1"), /\n#/);
        const check = spawnSync("redis-check-aof", [file], { encoding: "utf8" });
        assert.equal(check.status, 0, check.stdout);
        {
          await using server = await ServerProcess.start({ dir, args });
          using client = await server.client();
          assert.equal(await client.call("DEBUG", "DIGEST"), digest);
        }
        {
          await using oracle = await startOracle({ dir, args: ["--appendonly", "yes"] });
          using client = await oracle.client();
          assert.equal(await client.call("DEBUG", "DIGEST"), digest);
          await client.call("INCR", "counter");
          digest = await client.call("DEBUG", "DIGEST");
          await oracle.kill("SIGTERM");
        }
        // redis-server has made several files of it, which become one again.
        await using server = await ServerProcess.start({ dir, args });
        using client = await server.client();
        assert.equal(await client.call("DEBUG", "DIGEST"), digest);
        await eventually("the parts are gone", () => readdirSync(join(dir, "appendonlydir")).length === 0);
      } finally {
        removeDirectory(dir);
      }
    },
  );
