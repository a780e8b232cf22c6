/** Our files through redis-check-rdb and a real redis-server: every type, size class and encoding. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { eventually } from "../../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../../support/directory.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { type Directives, TidemarkHere } from "../../support/product.js";
import type { WireClient } from "../../support/wire.js";
import { generatedData } from "./generated.js";

/** What both servers have to agree on. */
async function facts(client: WireClient): Promise<unknown> {
  const keyspace = String(await client.call("INFO", "keyspace")).replace(/avg_ttl=\d+/g, "");
  return { keyspace, digest: await client.call("DEBUG", "DIGEST") };
}

/** What redis-check-rdb says about the file, which must be that it is well. */
function checked(dir: string): string {
  const { stdout, status } = spawnSync("redis-check-rdb", [join(dir, "dump.rdb")], { encoding: "latin1" });
  assert.match(stdout, /RDB looks OK/);
  assert.equal(status, 0);
  return stdout;
}

/** A directory with a file that we have saved, and the facts of the dataset at that moment. */
async function saved(seed: number, directives: Directives): Promise<{ dir: string; expected: unknown }> {
  const dir = temporaryDirectory();
  await using tidemark = await TidemarkHere.start({ dir, ...directives });
  using ours = await tidemark.client();
  await ours.pipeline(generatedData(seed, directives === PLAIN ? 3 : 1));
  assert.equal(await ours.call("SAVE"), "OK");
  return { dir, expected: await facts(ours) };
}

const SMALL = {
  "hash-max-listpack-entries": "2",
  "set-max-intset-entries": "2",
  "set-max-listpack-entries": "2",
  "zset-max-listpack-entries": "2",
  "list-max-listpack-size": "2",
};
/** The one case with several databases. */
const PLAIN: Directives = { "rdb-version": "10" };
const STOCK: Directives[] = [
  PLAIN,
  { "rdb-version": "9" },
  { rdbcompression: "no" },
  { rdbchecksum: "no" },
  { "list-compress-depth": "1", "list-max-listpack-size": "64" },
  { "list-compress-depth": "1", "list-max-listpack-size": "64", "rdb-version": "9" },
  SMALL,
  { ...SMALL, "rdb-version": "9", rdbcompression: "no" },
];

for (const [index, directives] of STOCK.entries()) {
  oracleTest(`redis-server loads what we save with ${JSON.stringify(directives)}`, async () => {
    const { dir, expected } = await saved(200 + index, directives);
    try {
      checked(dir);
      await using oracle = await startOracle({ dir, args: ["--sanitize-dump-payload", "yes"] });
      using theirs = await oracle.client();
      assert.deepEqual(await facts(theirs), expected);
    } finally {
      removeDirectory(dir);
    }
  });
}

for (const version of ["9", "11", "12"]) {
  oracleTest(`we load what we save as version ${version}`, async () => {
    const { dir, expected } = await saved(300, { "rdb-version": version });
    try {
      await using tidemark = await TidemarkHere.start({ dir });
      using ours = await tidemark.client();
      assert.deepEqual(await facts(ours), expected);
    } finally {
      removeDirectory(dir);
    }
  });
}

oracleTest("the fields about the file, and the size of its tables", async () => {
  const { dir } = await saved(400, PLAIN);
  try {
    const report = checked(dir);
    assert.match(report, /AUX FIELD redis-ver = '7\.2\.\d+'/);
    assert.match(report, /AUX FIELD redis-bits = '64'/);
    assert.match(report, /AUX FIELD ctime = '\d+'/);
    assert.match(report, /AUX FIELD used-mem = '\d+'/);
    assert.match(report, /AUX FIELD aof-base = '0'/);
    assert.match(report, /Selecting DB ID 2/);
    assert.match(report, /Checksum OK/);
  } finally {
    removeDirectory(dir);
  }
});

oracleTest("accesses are told in the way of maxmemory-policy", async () => {
  for (const [policy, word] of [
    ["allkeys-lfu", "FREQ"],
    ["volatile-lru", "IDLETIME"],
  ] as const) {
    const dir = temporaryDirectory();
    try {
      {
        await using tidemark = await TidemarkHere.start({ dir, "maxmemory-policy": policy });
        using ours = await tidemark.client();
        await ours.call("SET", "key", "value", "PXAT", 4_102_444_800_000);
        await ours.call("SAVE");
      }
      checked(dir);
      await using oracle = await startOracle({ dir, args: ["--maxmemory-policy", policy] });
      using theirs = await oracle.client();
      const told = Number(await theirs.call("OBJECT", word, "key"));
      // A new key's counter is 5; the minute may have changed since.
      assert.ok(word === "FREQ" ? told >= 4 && told <= 5 : told < 60, `${word} ${told}`);
      assert.equal(await theirs.call("PEXPIRETIME", "key"), 4_102_444_800_000);
    } finally {
      removeDirectory(dir);
    }
  }
});

oracleTest(
  "a save in the background holds the moment of its beginning, whatever changes meanwhile",
  async () => {
    const dir = temporaryDirectory();
    try {
      let expected: unknown;
      {
        await using tidemark = await TidemarkHere.start({ dir });
        using ours = await tidemark.client();
        await ours.pipeline(generatedData(500, 3));
        expected = await facts(ours);
        await ours.call("CONFIG", "SET", "rdb-key-save-delay", "100");
        assert.equal(await ours.call("BGSAVE"), "Background saving started");
        await ours.pipeline(generatedData(501, 2));
        await ours.pipeline([["SELECT", 1], ["FLUSHDB"], ["SWAPDB", 0, 2], ["SELECT", 0]]);
        await eventually("the save has ended", async () =>
          /rdb_bgsave_in_progress:0/.test(String(await ours.call("INFO", "persistence"))),
        );
        assert.match(String(await ours.call("INFO", "persistence")), /rdb_last_bgsave_status:ok/);
        assert.notDeepEqual(await facts(ours), expected);
      }
      checked(dir);
      await using oracle = await startOracle({ dir });
      using theirs = await oracle.client();
      assert.deepEqual(await facts(theirs), expected);
    } finally {
      removeDirectory(dir);
    }
  },
);
