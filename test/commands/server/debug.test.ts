import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { sameReplies, startPair } from "../../support/compare.js";
import { eventually } from "../../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../../support/directory.js";
import { oracleTest } from "../../support/oracle.js";
import { simulatedPlatform } from "../../support/platform.js";
import { ServerProcess } from "../../support/process.js";
import { launchSimulated, TidemarkHere } from "../../support/product.js";

const longText = "x".repeat(100);

sameReplies(
  "DEBUG",
  String.raw`
=== DIGEST and DIGEST-VALUE
DEBUG DIGEST
SET a 1
DEBUG DIGEST
SET "" ""
SET "\x00\r\n\xff" "\xff\x00\r\n"
SET number 12345
SET float 1.50
SET long "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
DEBUG DIGEST
SET a 2 EX 1000
DEBUG DIGEST
PERSIST a
DEBUG DIGEST
SELECT 7
SET a 2
DEBUG DIGEST
SWAPDB 7 0
DEBUG DIGEST
debug digest-value a number float long "" missing
SELECT 0
DEBUG DIGEST-VALUE a a
DEBUG DIGEST-VALUE
DEBUG DIGEST a
DEBUG SET-ACTIVE-EXPIRE 0
SET gone 1 PXAT 1
DEBUG DIGEST-VALUE gone
DEBUG DIGEST
DEBUG SET-ACTIVE-EXPIRE 1
=== PROTOCOL
DEBUG PROTOCOL string
DEBUG PROTOCOL integer
DEBUG PROTOCOL double
DEBUG PROTOCOL bignum
DEBUG PROTOCOL null
DEBUG PROTOCOL array
DEBUG PROTOCOL set
DEBUG PROTOCOL map
DEBUG PROTOCOL attrib
DEBUG PROTOCOL push
DEBUG PROTOCOL verbatim
DEBUG PROTOCOL true
DEBUG PROTOCOL FALSE
DEBUG PROTOCOL nosuch
DEBUG PROTOCOL
=== ERROR
DEBUG ERROR hello
DEBUG ERROR "WRONG with a code"
DEBUG ERROR "a\nb"
DEBUG ERROR "-a"
DEBUG ERROR ""
DEBUG ERROR
MULTI
DEBUG ERROR inside
EXEC
=== POPULATE
DEBUG POPULATE 3
DBSIZE
MGET key:0 key:1 key:2
SET pre:1 mine
DEBUG POPULATE 3 pre
MGET pre:0 pre:1 pre:2
DEBUG POPULATE 2 sized 10
GET sized:1
DEBUG POPULATE 2 short 3
GET short:1
DEBUG POPULATE 2 zero 0
GET zero:1
DEBUG POPULATE 0
DEBUG POPULATE x
DEBUG POPULATE -1
DEBUG POPULATE 3 pre -1
DEBUG POPULATE 3 pre x
DEBUG POPULATE 3 a b c
DEBUG POPULATE
WATCH key:9
@1 DEBUG POPULATE 20
MULTI
PING
EXEC
=== OBJECT and its kin
SET a 1
SET text sometext
DEBUG OBJECT missing
DEBUG OBJECT
DEBUG OBJECT a b
~match "^\\+Value at:0x[0-9a-f]+ refcount:\\d+ encoding:int serializedlength:2 lru:\\d+ lru_seconds_idle:\\d+\\b" DEBUG OBJECT a
~match "^\\+Value at:0x[0-9a-f]+ refcount:1 encoding:embstr serializedlength:9 lru:\\d+ lru_seconds_idle:\\d+\\b" DEBUG OBJECT text
~match "^\\+key_sds_len:4, key_sds_avail:0, key_zmalloc: \\d+, val_sds_len:8, val_sds_avail:\\d+, val_zmalloc: \\d+" DEBUG SDSLEN text
DEBUG SDSLEN missing
DEBUG SDSLEN
DEBUG HTSTATS-KEY missing
DEBUG HTSTATS-KEY a
~match "\\[Dictionary HT\\]\n.* table size: \\d+\n number of elements: 2\n.*\\[Expires HT\\]\n.*No stats available for empty dictionaries\n" DEBUG HTSTATS 0
DEBUG HTSTATS 16
DEBUG HTSTATS -1
DEBUG HTSTATS x
HSET h f 1 g ${longText}
~match " table size: \\d+\n number of elements: 2\n" DEBUG HTSTATS-KEY h
ZADD z 1 a 2 ${longText}
~match " table size: \\d+\n number of elements: 2\n" DEBUG HTSTATS-KEY z
HSET small f 1
DEBUG HTSTATS-KEY small
~match "encoding:listpack serializedlength:13 lru:\\d+" DEBUG OBJECT small
ZADD scored 1 a
~match "encoding:listpack serializedlength:13 lru:\\d+" DEBUG OBJECT scored
SADD ints 1
~match "encoding:intset serializedlength:11 lru:\\d+" DEBUG OBJECT ints
CONFIG SET list-max-listpack-size 2
RPUSH l a b c
~match "encoding:quicklist .* ql_nodes:2 ql_avg_node:1.50 ql_listpack_max:2 ql_compressed:0 ql_uncompressed_size:23" DEBUG OBJECT l
CONFIG SET list-max-listpack-size -2
DEBUG LISTPACK missing
DEBUG LISTPACK a
DEBUG LISTPACK
DEBUG QUICKLIST missing
DEBUG QUICKLIST a
DEBUG QUICKLIST
=== switches
DEBUG SET-ACTIVE-EXPIRE 0
SET a 1 PX 1
~wait 250
DBSIZE
DEBUG SET-ACTIVE-EXPIRE 1
~until "^:0" DBSIZE
DEBUG PAUSE-CRON 1
SET a 1 PX 1
~wait 250
DBSIZE
DEBUG PAUSE-CRON 0
~until "^:0" DBSIZE
DEBUG SLEEP 0.01
DEBUG SLEEP 0
DEBUG SLEEP x
DEBUG SLEEP
DEBUG LOG hello
DEBUG LOG
=== what is wrong
DEBUG
DEBUG nosuch
DEBUG NOSUCH a b c
DEBUG JMAP
`,
);

oracleTest("DIGEST agrees on any strings, in any databases, with and without expiries", async () => {
  const pair = await startPair();
  try {
    const [theirs, ours] = [await pair.oracle.client(), await pair.tidemark.client()];
    const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
    const entry = fc.record({ db: fc.nat(15), key: bytes, value: bytes, expires: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 20 }), async (entries) => {
        for (const client of [theirs, ours]) {
          await client.call("FLUSHALL");
          for (const { db, key, value, expires } of entries) {
            await client.call("SELECT", db);
            await client.call("SET", key, value, ...(expires ? ["EX", 1000] : []));
          }
        }
        assert.equal(await ours.call("DEBUG", "DIGEST"), await theirs.call("DEBUG", "DIGEST"));
      }),
      { numRuns: 30 },
    );
  } finally {
    await pair.close();
  }
});

sameReplies(
  "DEBUG is refused unless it is allowed",
  `
DEBUG DIGEST
`,
  { directives: { "enable-debug-command": "no" }, digest: false },
);

test("DEBUG LOADAOF brings back what the file has", async () => {
  const server = await TidemarkHere.start({ appendonly: "yes" });
  try {
    const client = await server.client();
    await client.call("SET", "logged", "1");
    await client.call("DEBUG", "POPULATE", "10");
    assert.equal(await client.call("DBSIZE"), 11);
    // What comes behind it in the same packet waits for it.
    client.send("DEBUG", "LOADAOF");
    client.send("DBSIZE");
    assert.equal((await client.receive()).value, "OK");
    assert.equal((await client.receive()).value, 1);
    await client.call("SET", "later", "1");
    assert.equal(await client.call("DEBUG", "LOADAOF"), "OK");
    assert.equal(await client.call("DBSIZE"), 2);
    await client.call("MULTI");
    await client.call("DEBUG", "LOADAOF");
    const [refused] = (await client.call("EXEC")) as unknown[];
    assert.match(String(refused), /not possible inside a transaction/);
    client.send("CLIENT", "REPLY", "SKIP");
    client.send("DEBUG", "LOADAOF");
    assert.equal(await client.call("DBSIZE"), 2);
  } finally {
    await server.close();
  }
});

test("DEBUG LOADAOF of a file that was switched on later, and again after that", async () => {
  const server = await TidemarkHere.start();
  try {
    const client = await server.client();
    await client.call("SET", "a", "1");
    assert.equal(await client.call("CONFIG", "SET", "appendonly", "yes"), "OK");
    // The first rewrite may have ended by then.
    const early = String((await client.reply("DEBUG", "LOADAOF")).value);
    assert.match(early, /^OK$|without an append-only file|before the first rewrite/);
    await eventually("the file counts", async () =>
      /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/.test(
        String(await client.call("INFO", "persistence")),
      ),
    );
    await client.call("SET", "b", "1");
    await client.call("DEBUG", "POPULATE", "10");
    for (let round = 0; round < 2; round++) {
      assert.equal(await client.call("DEBUG", "LOADAOF"), "OK");
      assert.equal(await client.call("DBSIZE"), 2 + round);
      await client.call("SET", "c", "1");
    }
  } finally {
    await server.close();
  }
});

test("DEBUG LOADAOF while others write: none of their writes is lost", async () => {
  const server = await TidemarkHere.start({ appendonly: "yes" });
  try {
    const [client, writer] = await Promise.all([server.client(), server.client()]);
    await writer.call("INCR", "n");
    let acknowledged = 1;
    let goesOn = true;
    const writing = (async () => {
      while (goesOn)
        if (typeof (await writer.call("INCR", "n").catch(() => null)) === "number") acknowledged++;
    })();
    for (let round = 0; round < 20; round++) assert.equal(await client.call("DEBUG", "LOADAOF"), "OK");
    goesOn = false;
    await writing;
    assert.equal(await client.call("GET", "n"), String(acknowledged));
  } finally {
    await server.close();
  }
});

test("DEBUG LOADAOF needs a file", async () => {
  const server = await TidemarkHere.start();
  try {
    const client = await server.client();
    await client.call("SET", "a", "1");
    assert.match(String((await client.reply("DEBUG", "LOADAOF")).value), /without an append-only file/);
    assert.equal(await client.call("DBSIZE"), 1);
  } finally {
    await server.close();
  }
});

for (const [word, signal] of [
  ["PANIC", "SIGABRT"],
  ["SEGFAULT", "SIGSEGV"],
  ["OOM", "SIGABRT"],
  ["ASSERT", "SIGABRT"],
] as const) {
  test(`DEBUG ${word} ends the process at once`, async () => {
    const server = await ServerProcess.start({
      args: ["--enable-debug-command", "yes"],
    });
    const client = await server.client();
    client.send("DEBUG", word);
    await client.closed();
    assert.equal((await server.run.end()).signal, signal);
    await server.close();
  });
}

test("LISTPACK and QUICKLIST write to the log what is in the blocks", async () => {
  const dir = temporaryDirectory();
  const logfile = join(dir, "log");
  const server = await TidemarkHere.start({ dir, logfile, "list-compress-depth": "1" });
  try {
    using client = await server.client();
    await client.call("HSET", "h", "field", "-129");
    assert.equal(await client.call("DEBUG", "LISTPACK", "h"), "Listpack structure written to the log");
    await client.call("CONFIG", "SET", "list-max-listpack-size", "1");
    await client.call("RPUSH", "l", "a", "b".repeat(1000), "c");
    assert.equal(await client.call("DEBUG", "QUICKLIST", "l"), "Quicklist structure written to the log");
    await client.call("DEBUG", "QUICKLIST", "l", "1");
    const lines = readFileSync(logfile, "utf8");
    assert.match(lines, /\{total bytes 17\} \{entries 2\}/);
    assert.match(lines, / \{0, offset 6, bytes 7, string of 5 "field"\}/);
    assert.match(lines, / \{1, offset 13, bytes 3, integer -129\}/);
    assert.match(lines, /\{quicklist\} \{nodes 3\} \{elements 3\} \{bytes 1031\}/);
    assert.match(lines, /\{node 1\} \{elements 1\} \{bytes 1011\} \{compressed \d+\}/);
    assert.match(lines, /string of 1000 "b{64}"\.\.\./);
  } finally {
    await server.close();
    removeDirectory(dir);
  }
});

sameReplies(
  "DEBUG SET-SKIP-CHECKSUM-VALIDATION and AOF-FLUSH-SLEEP",
  String.raw`
RESTORE k 0 "\x00\x01v\x0a\x00abcdefgh"
DEBUG SET-SKIP-CHECKSUM-VALIDATION
DEBUG SET-SKIP-CHECKSUM-VALIDATION 1 2
DEBUG SET-SKIP-CHECKSUM-VALIDATION 1
RESTORE k 0 "\x00\x01v\x0a\x00abcdefgh"
RESTORE l 0 "\x00\x01v\xff\x00abcdefgh"
GET k
DEBUG SET-SKIP-CHECKSUM-VALIDATION 0
RESTORE l 0 "\x00\x01v\x0a\x00abcdefgh"
DEBUG AOF-FLUSH-SLEEP
DEBUG AOF-FLUSH-SLEEP x
DEBUG AOF-FLUSH-SLEEP 0
`,
);

test("DEBUG AOF-FLUSH-SLEEP holds the loop before each write to the file", async () => {
  const platform = simulatedPlatform(1);
  const { clock, network } = platform;
  const held: number[] = [];
  clock.stall = (ms) => void held.push(ms);
  const server = await launchSimulated(platform, { appendonly: "yes" });
  const client = await network.client(6379);
  for (const line of ["SET a 1", "DEBUG AOF-FLUSH-SLEEP 50000", "SET a 2", "GET a", "SET a 3"])
    await clock.run(client.call(...line.split(" ")));
  assert.deepEqual(held, [50, 50]);
  for (const line of ["DEBUG AOF-FLUSH-SLEEP 0", "SET a 4"]) await clock.run(client.call(...line.split(" ")));
  assert.deepEqual(held, [50, 50]);
  client.close();
  await clock.run(server.close());
});
