/** Files of a real redis-server through us: every type, size class and encoding. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../../support/directory.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { TidemarkHere } from "../../support/product.js";
import type { WireClient } from "../../support/wire.js";
import { generatedData } from "./generated.js";

/** What both servers have to agree on. */
async function facts(client: WireClient): Promise<unknown> {
  const keyspace = String(await client.call("INFO", "keyspace")).replace(/avg_ttl=\d+/g, "");
  return { keyspace, digest: await client.call("DEBUG", "DIGEST") };
}

const SETTINGS = [
  ["rdbcompression", "yes"],
  ["rdbcompression", "no"],
  ["list-max-listpack-size", "3"],
  ["list-max-listpack-size", "-5"],
  ["list-compress-depth", "1"],
] as const;

for (const [index, [name, value]] of SETTINGS.entries()) {
  oracleTest(`a dump of redis-server with ${name} ${value} loads to the same dataset`, async () => {
    await using oracle = await startOracle({ args: [`--${name}`, value] });
    using theirs = await oracle.client();
    await theirs.pipeline(generatedData(100 + index, index === 0 ? 2 : 1));
    await theirs.call("SAVE");
    await using tidemark = await TidemarkHere.start({ dir: oracle.dir });
    using ours = await tidemark.client();
    assert.deepEqual(await facts(ours), await facts(theirs));
  });
}

oracleTest("what is larger than our limits is spread out, and stays the same data", async () => {
  await using oracle = await startOracle();
  using theirs = await oracle.client();
  await theirs.pipeline(generatedData(7, 1));
  await theirs.call("SAVE");
  await using tidemark = await TidemarkHere.start({
    dir: oracle.dir,
    "hash-max-listpack-entries": "2",
    "set-max-intset-entries": "2",
    "zset-max-listpack-entries": "2",
    "list-max-listpack-size": "2",
  });
  using ours = await tidemark.client();
  assert.deepEqual(await facts(ours), await facts(theirs));
  for (const [key, encoding] of [
    ["hash:2", "listpack"],
    ["hash:63", "hashtable"],
    ["intset:small:2", "intset"],
    ["intset:small:63", "hashtable"],
    ["ranked:2", "listpack"],
    ["ranked:63", "skiplist"],
    ["list:2", "listpack"],
    ["list:63", "quicklist"],
  ] as const) {
    assert.equal(await ours.call("OBJECT", "ENCODING", key), encoding, key);
  }
  // And they can be changed.
  await ours.call("HSET", "hash:63", "new", "1");
  await ours.call("ZADD", "ranked:63", "0.5", "new");
  await ours.call("RPUSH", "list:63", "new");
  assert.equal(await ours.call("ZRANK", "ranked:63", "new"), 6);
});

/** Has redis-server write an append-only directory with a base in RDB format and commands behind it. */
async function appendOnlyFiles(dir: string, seed: number): Promise<unknown> {
  await using oracle = await startOracle({ dir, args: ["--appendonly", "yes", "--appendfsync", "always"] });
  using theirs = await oracle.client();
  await theirs.pipeline(generatedData(seed, 1));
  await theirs.call("BGREWRITEAOF");
  await eventually("the rewrite has ended", async () =>
    /aof_rewrite_in_progress:0[\s\S]*aof_rewrites:1/.test(String(await theirs.call("INFO", "persistence"))),
  );
  await theirs.pipeline([
    ["DEL", "list:2"],
    ["SELECT", 1],
    ["SET", "after", "the base"],
    ["SELECT", 0],
  ]);
  return await facts(theirs);
}

/** Starts us over the data in a directory and compares. Twice: what the first start makes of it must last. */
async function holds(dir: string, expected: unknown): Promise<void> {
  for (let start = 0; start < 2; start++) {
    await using tidemark = await TidemarkHere.start({ dir, appendonly: "yes" });
    using ours = await tidemark.client();
    assert.deepEqual(await facts(ours), expected);
  }
}

oracleTest("an append-only directory of redis-server with a snapshot as its base", async () => {
  const dir = temporaryDirectory();
  try {
    await holds(dir, await appendOnlyFiles(dir, 8));
  } finally {
    removeDirectory(dir);
  }
});

oracleTest(
  "a single append-only file, as Redis 4 to 6 wrote it, with a snapshot at its beginning",
  async () => {
    const [dir, old] = [temporaryDirectory(), temporaryDirectory()];
    try {
      const expected = await appendOnlyFiles(dir, 9);
      const parts = ["appendonly.aof.2.base.rdb", "appendonly.aof.2.incr.aof"];
      const files = parts.map((name) => readFileSync(join(dir, "appendonlydir", name)));
      writeFileSync(join(old, "appendonly.aof"), Buffer.concat(files));
      await holds(old, expected);
    } finally {
      removeDirectory(dir);
      removeDirectory(old);
    }
  },
);

oracleTest("a dump beside which an append-only file is wanted becomes its base", async () => {
  const dir = temporaryDirectory();
  try {
    let expected: unknown;
    {
      await using oracle = await startOracle({ dir });
      using theirs = await oracle.client();
      await theirs.pipeline(generatedData(10, 1));
      await theirs.call("SAVE");
      expected = await facts(theirs);
    }
    await holds(dir, expected);
    // And redis-server takes what has become of it.
    await using oracle = await startOracle({ dir, args: ["--appendonly", "yes"] });
    using theirs = await oracle.client();
    assert.deepEqual(await facts(theirs), expected);
  } finally {
    removeDirectory(dir);
  }
});
