import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { ServerProcess } from "../support/process.js";
import { load, sameData } from "../support/replication.js";

const FILE = ["--appendonly", "yes", "--enable-debug-command", "yes", "--repl-diskless-sync-delay", "0"];

/** Settles when the file that is appended to ends with a mark: that is within a second when nothing is written. */
const marked = (dir: string): Promise<void> =>
  eventually("a mark at the end of the append-only file", () => {
    const files = join(dir, "appendonlydir");
    const last = readdirSync(files)
      .filter((name) => name.includes(".incr."))
      .sort((a, b) => Number(a.split(".")[2]) - Number(b.split(".")[2]))
      .at(-1);
    const text = last === undefined ? "" : readFileSync(join(files, last), "latin1");
    return /#TIDEMARK:SEAL [0-9]+ [0-9]+ [0-9a-f]{40} [^\n]*\n$/.test(text);
  });

for (const signal of ["SIGTERM", "SIGKILL"] as const)
  oracleTest(`a replica with an append-only file continues after ${signal}`, async () => {
    await using primary = await startOracle({ args: ["--repl-diskless-sync-delay", "0"] });
    const dir = temporaryDirectory();
    try {
      const options = { dir, args: [...FILE, "--replicaof", "127.0.0.1", String(primary.port)] };
      using source = await primary.client();
      await load(source, 1);
      for (let run = 0; run < 2; run++) {
        await using replica = await ServerProcess.start(options);
        using target = await replica.client();
        await sameData(source, target);
        await load(source, run + 2);
        await sameData(source, target);
        await replica.run
          .logged("Background AOF rewrite finished successfully", run === 0 ? undefined : 0)
          .catch((error) => {
            if (run === 0) throw error;
          });
        if (signal === "SIGKILL") await marked(dir);
        await replica.run.kill(signal);
        // What it misses, and what it must find in the right database.
        await source.call("SELECT", 5);
        await source.call("INCR", "missed");
      }
      await using replica = await ServerProcess.start(options);
      using target = await replica.client();
      await sameData(source, target);
      assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:2\r\n/);
    } finally {
      removeDirectory(dir);
    }
  });
