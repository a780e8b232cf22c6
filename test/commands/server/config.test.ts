import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sameReplies } from "../../support/compare.js";
import { freePort, removeDirectory, temporaryDirectory } from "../../support/directory.js";
import { runExecutable, TIDEMARK_EXECUTABLE } from "../../support/process.js";
import { TidemarkHere } from "../../support/product.js";
import { WireClient } from "../../support/wire.js";

sameReplies(
  "CONFIG",
  `
=== GET
CONFIG GET maxmemory
CONFIG GET MAXmemory
CONFIG GET nosuch
CONFIG GET maxmemory nosuch maxmemory
~pairs CONFIG GET maxmemory appendfsync slowlog-*
~pairs CONFIG GET slave-priority replica-priority
CONFIG GET
CONFIG GET ""
=== SET
CONFIG SET maxmemory 100mb
CONFIG GET maxmemory
CONFIG SET maxmemory 0
CONFIG SET slowlog-max-len 7 hz 20
~pairs CONFIG GET slowlog-max-len hz
CONFIG SET slowlog-max-len 128 hz 10
CONFIG SET
CONFIG SET maxmemory
CONFIG SET maxmemory 1 hz
CONFIG SET nosuch x
CONFIG SET nosuch x y
CONFIG SET maxmemory x
CONFIG SET maxmemory-policy nosuch
CONFIG SET slowlog-max-len 5 maxmemory-policy nosuch
CONFIG GET slowlog-max-len
CONFIG SET maxmemory 1 maxmemory 2
CONFIG SET databases 3
=== the rest
CONFIG REWRITE
CONFIG REWRITE now
CONFIG RESETSTAT
CONFIG RESETSTAT now
CONFIG nosuch
CONFIG
`,
);

test("CONFIG RESETSTAT counts anew", async () => {
  const server = await TidemarkHere.start();
  try {
    const client = await server.client();
    await client.call("GET", "missing");
    await client.reply("nosuch");
    await client.call("SAVE");
    const before = String(await client.call("INFO", "all"));
    assert.match(before, /cmdstat_get:calls=1,/);
    assert.match(before, /keyspace_misses:1\r/);
    assert.match(before, /errorstat_ERR:count=1\r/);
    assert.match(before, /latency_percentiles_usec_get:p50=/);
    assert.match(before, /rdb_saves:1\r/);
    await client.call("CONFIG", "RESETSTAT");
    const after = String(await client.call("INFO", "all"));
    assert.doesNotMatch(after, /cmdstat_get|errorstat_|latency_percentiles_usec_get/);
    assert.match(after, /keyspace_misses:0\r/);
    for (const name of ["rdb_saves", "aof_rewrites", "total_forks"])
      assert.match(after, new RegExp(`\\n${name}:0\\r`));
    assert.match(after, /total_error_replies:0\r/);
    // RESETSTAT itself is the first command that is counted.
    assert.match(after, /total_commands_processed:1\r/);
  } finally {
    await server.close();
  }
});

test("CONFIG REWRITE writes the file that the server was started with", async () => {
  const dir = temporaryDirectory();
  const file = join(dir, "redis.conf");
  const port = await freePort();
  writeFileSync(file, `# kept\nport ${port}\nmaxmemory-policy noeviction\n`);
  const run = runExecutable(TIDEMARK_EXECUTABLE, [file, "--dir", dir, "--enable-debug-command", "yes"]);
  try {
    await run.logged("Ready to accept connections");
    const client = await WireClient.connect({ port });
    await client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "slowlog-max-len", "7");
    assert.equal(await client.call("CONFIG", "REWRITE"), "OK");
    const text = readFileSync(file, "utf8");
    assert.match(text, /^# kept\nport \d+\nmaxmemory-policy allkeys-lru\n/);
    assert.match(text, /^slowlog-max-len 7$/m);
    assert.doesNotMatch(text, /^appendfsync/m);
    assert.equal(await client.call("DEBUG", "CONFIG-REWRITE-FORCE-ALL"), "OK");
    client.close();
    assert.match(readFileSync(file, "utf8"), /^appendfsync everysec$/m);
  } finally {
    await run.kill();
    removeDirectory(dir);
  }
});
