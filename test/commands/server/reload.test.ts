/** DEBUG RELOAD, here and in redis-server. */

import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { generatedData } from "../../snapshot/rdb/generated.js";
import { sameReplies } from "../../support/compare.js";
import { TidemarkHere } from "../../support/product.js";

sameReplies(
  "DEBUG RELOAD",
  String.raw`
    MSET a 1 b 2
    RPUSH l 1 2 3
    SET e v PXAT 4102444800000
    DEBUG RELOAD
    MGET a b e
    LRANGE l 0 -1
    PEXPIRETIME e
    === what is in the file, in the place of what there is
    SET a 1
    SAVE
    SET a 2
    SET b 2
    DEBUG RELOAD NOSAVE
    MGET a b
    === beside what there is
    MSET a 1 b 1
    SAVE
    DEL a
    SET b 2
    SET c 3
    DEBUG RELOAD NOSAVE NOFLUSH MERGE
    MGET a b c
    === WATCH
    SET a 1
    WATCH a
    DEBUG RELOAD
    MULTI
    GET a
    EXEC
    === what is wrong
    DEBUG RELOAD NONE
    DEBUG RELOAD NOSAVE NONE
  `,
);

test("everything is as it was, and INFO tells what came", async () => {
  await using tidemark = await TidemarkHere.start();
  using client = await tidemark.client();
  await client.pipeline(generatedData(41, 1));
  const digest = await client.call("DEBUG", "DIGEST");
  assert.equal(await client.call("DEBUG", "RELOAD"), "OK");
  assert.equal(await client.call("DEBUG", "DIGEST"), digest);
  const keys = await client.call("DBSIZE");
  assert.match(
    String(await client.call("INFO", "persistence")),
    new RegExp(`rdb_last_load_keys_loaded:${Number(keys)}\r`),
  );
});

test("without a file nothing is emptied", async () => {
  await using tidemark = await TidemarkHere.start();
  using client = await tidemark.client();
  await client.call("SET", "a", "1");
  assert.match(
    String((await client.reply("DEBUG", "RELOAD", "NOSAVE")).value),
    /Error trying to load the RDB dump/,
  );
  assert.equal(await client.call("GET", "a"), "1");
});

test("a dump of another server can be merged", async () => {
  await using source = await TidemarkHere.start();
  await using target = await TidemarkHere.start();
  using there = await source.client();
  using here = await target.client();
  await there.pipeline([["SET", "a", "1"], ["SAVE"]]);
  copyFileSync(join(source.dir, "dump.rdb"), join(target.dir, "dump.rdb"));
  await here.call("SET", "b", "2");
  assert.equal(await here.call("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH"), "OK");
  assert.deepEqual(await here.call("MGET", "a", "b"), ["1", "2"]);
});
