import assert from "node:assert/strict";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { ServerProcess } from "../support/process.js";
import { load, sameData } from "../support/replication.js";

const FILE = ["--appendonly", "yes", "--enable-debug-command", "yes", "--repl-diskless-sync-delay", "0"];

for (const signal of ["SIGTERM"] as const)
  oracleTest(`a replica with an append-only file continues after ${signal}`, async () => {
    await using primary = await startOracle({ args: ["--repl-diskless-sync-delay", "0"] });
    const dir = temporaryDirectory();
    try {
      const options = { dir, args: [...FILE, "--replicaof", "127.0.0.1", String(primary.port)] };
      using source = await primary.client();
      await load(source, 1);
      for (let run = 0; run < 3; run++) {
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
        await replica.run.kill(signal);
        // What it misses, and what it must find in the right database.
        await source.call("SELECT", 5);
        await source.call("INCR", "missed");
      }
      await using replica = await ServerProcess.start(options);
      using target = await replica.client();
      await sameData(source, target);
      assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:3\r\n/);
    } finally {
      removeDirectory(dir);
    }
  });
