import assert from "node:assert/strict";
import { test } from "node:test";
import { sameReplies } from "../../support/compare.js";
import { TidemarkHere } from "../../support/product.js";

sameReplies(
  "MEMORY",
  `
=== USAGE
MEMORY USAGE missing
SET a 1
~type MEMORY USAGE a
~type MEMORY USAGE a SAMPLES 0
~type MEMORY USAGE a samples 1 samples 2
MEMORY USAGE a SAMPLES -1
MEMORY USAGE a SAMPLES x
MEMORY USAGE a SAMPLES -9223372036854775808
~type MEMORY USAGE a SAMPLES 9223372036854775807
MEMORY USAGE missing SAMPLES x
MEMORY USAGE a SAMPLES
MEMORY USAGE a SAMPLE 1
MEMORY USAGE
=== the rest
MEMORY PURGE
~type MEMORY DOCTOR
~type MEMORY MALLOC-STATS
MEMORY DOCTOR a
MEMORY STATS a
MEMORY
MEMORY nosuch
`,
);

/** The keys of Redis 7.2, in its order, with one database that has keys. */
const STATS = [
  "peak.allocated",
  "total.allocated",
  "startup.allocated",
  "replication.backlog",
  "clients.slaves",
  "clients.normal",
  "cluster.links",
  "aof.buffer",
  "lua.caches",
  "functions.caches",
  "db.3",
  "overhead.total",
  "keys.count",
  "keys.bytes-per-key",
  "dataset.bytes",
  "dataset.percentage",
  "peak.percentage",
  "allocator.allocated",
  "allocator.active",
  "allocator.resident",
  "allocator-fragmentation.ratio",
  "allocator-fragmentation.bytes",
  "allocator-rss.ratio",
  "allocator-rss.bytes",
  "rss-overhead.ratio",
  "rss-overhead.bytes",
  "fragmentation",
  "fragmentation.bytes",
];

test("MEMORY STATS adds up", async () => {
  const server = await TidemarkHere.start();
  try {
    const client = await server.client();
    await client.call("HELLO", 3);
    await client.call("SELECT", 3);
    await client.call("DEBUG", "POPULATE", 10_000, "key", 100);
    const stats = (await client.call("MEMORY", "STATS")) as Map<string, number>;
    const of = (name: string): number => stats.get(name) as number;
    assert.deepEqual([...stats.keys()], STATS);
    assert.deepEqual(
      [...(stats.get("db.3") as unknown as Map<string, number>).keys()],
      ["overhead.hashtable.main", "overhead.hashtable.expires", "overhead.hashtable.slot-to-keys"],
    );
    assert.equal(of("keys.count"), 10_000);
    assert.equal(of("dataset.bytes") + of("overhead.total"), of("total.allocated"));
    assert.ok(of("dataset.bytes") > 10_000 * 100 && of("dataset.bytes") < 10_000 * 200);
    assert.ok(of("allocator.active") >= of("allocator.allocated"));
    assert.ok(of("allocator.resident") >= of("allocator.active"));
    assert.ok(of("peak.allocated") >= of("total.allocated"));
    const usage = Number(await client.call("MEMORY", "USAGE", "key:1"));
    assert.ok(usage >= 100 && usage < 200);
    await client.call("FLUSHALL", "ASYNC");
    assert.equal(await client.call("MEMORY", "PURGE"), "OK");
    const after = (await client.call("MEMORY", "STATS")) as Map<string, number>;
    assert.equal(after.get("dataset.bytes"), 0);
    assert.equal(after.get("peak.allocated"), of("peak.allocated"));
  } finally {
    await server.close();
  }
});

test("MEMORY DOCTOR has something to say when there is data", async () => {
  const server = await TidemarkHere.start();
  try {
    const client = await server.client();
    assert.match(String(await client.call("MEMORY", "DOCTOR")), /too little data/);
    await client.call("DEBUG", "POPULATE", 60_000, "key", 100);
    assert.match(String(await client.call("MEMORY", "DOCTOR")), /Nothing is unusual/);
    await client.call("DEBUG", "POPULATE", 120_000, "other", 400);
    await client.call("INFO", "memory");
    for (let at = 0; at < 120_000; at += 1000) {
      await client.call("UNLINK", ...Array.from({ length: 1000 }, (_, i) => `other:${at + i}`));
    }
    assert.match(String(await client.call("MEMORY", "DOCTOR")), /At its peak/);
  } finally {
    await server.close();
  }
});
