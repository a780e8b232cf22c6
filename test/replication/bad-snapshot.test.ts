import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { oracleTest, startOracle } from "../support/oracle.js";
import { ServerProcess } from "../support/process.js";
import { sameData } from "../support/replication.js";

const LIBRARY = "#!lua name=lib\nredis.register_function('f', function() return 1 end)";

for (const diskless of ["yes", "no"])
  oracleTest(`a snapshot that cannot be loaded leaves the data, diskless-sync ${diskless}`, async () => {
    const sync = ["--repl-diskless-sync", diskless, "--repl-diskless-sync-delay", "0"];
    await using primary = await startOracle({ args: sync });
    await using replica = await ServerProcess.start({ args: ["--enable-debug-command", "yes"] });
    using source = await primary.client();
    using target = await replica.client();
    await source.call("FUNCTION", "LOAD", LIBRARY);
    await source.call("SET", "theirs", 1);
    await target.call("SET", "mine", 1);
    await target.call("REPLICAOF", "127.0.0.1", primary.port);
    await replica.run.logged("Failed trying to load the MASTER synchronization DB: a library of functions");
    assert.equal(await target.call("GET", "mine"), "1");
    assert.equal(await target.call("DBSIZE"), 1);
    await source.call("FUNCTION", "FLUSH");
    await sameData(source, target);
    assert.equal(await target.call("GET", "mine"), null);
    assert.deepEqual(
      readdirSync(replica.dir).filter((name) => name.startsWith("temp-")),
      [],
    );
  });
