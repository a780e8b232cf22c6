/** MIGRATE between this server and redis-server, both ways, and what may go wrong. */

import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { generatedData } from "../../snapshot/rdb/generated.js";
import { eventually } from "../../support/condition.js";
import { freePort } from "../../support/directory.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { TidemarkHere } from "../../support/product.js";
import type { Argument, WireClient } from "../../support/wire.js";

async function errorOf(client: WireClient, ...words: Argument[]): Promise<string> {
  const { type, value } = await client.reply(...words);
  assert.equal(type, "-", String(value));
  return String(value);
}

const migrate = (port: number, ...rest: Argument[]): Argument[] => ["MIGRATE", "127.0.0.1", port, ...rest];

oracleTest("all keys go to redis-server and come back", async () => {
  await using oracle = await startOracle();
  await using tidemark = await TidemarkHere.start();
  using theirs = await oracle.client();
  using ours = await tidemark.client();
  await theirs.pipeline(generatedData(31, 1));
  const digest = await theirs.call("DEBUG", "DIGEST");
  const { items } = await theirs.reply("KEYS", "*");
  // The empty key can be moved by KEYS alone.
  const keys = items.map(({ raw }) => Buffer.from(raw.subarray(raw.indexOf("\r\n") + 2, raw.length - 2)));
  assert.equal(await theirs.call(...migrate(tidemark.port, "", 0, 60_000, "KEYS", ...keys)), "OK");
  assert.equal(await theirs.call("DBSIZE"), 0);
  assert.equal(await ours.call("DEBUG", "DIGEST"), digest);
  assert.equal(await ours.call(...migrate(oracle.port, "", 0, 60_000, "KEYS", ...keys)), "OK");
  assert.equal(await ours.call("DBSIZE"), 0);
  assert.equal(await theirs.call("DEBUG", "DIGEST"), digest);
});

test("one key, options, databases, expiry", async () => {
  await using target = await TidemarkHere.start();
  await using source = await TidemarkHere.start();
  using there = await target.client();
  using here = await source.client();
  await here.call("SET", "k", "v", "PX", 100_000_000);
  assert.equal(await here.call(...migrate(target.port, "k", 3, 60_000, "COPY")), "OK");
  assert.equal(await here.call("GET", "k"), "v");
  assert.match(
    await errorOf(here, ...migrate(target.port, "k", 3, 60_000)),
    /^ERR Target instance replied with error: BUSYKEY Target key name already exists\.$/,
  );
  assert.equal(await here.call("EXISTS", "k"), 1);
  assert.equal(await here.call(...migrate(target.port, "k", 3, 60_000, "REPLACE")), "OK");
  assert.equal(await here.call("EXISTS", "k"), 0);
  assert.equal(await here.call(...migrate(target.port, "k", 3, 60_000)), "NOKEY");
  await there.call("SELECT", 3);
  assert.equal(await there.call("GET", "k"), "v");
  assert.ok(Number(await there.call("PTTL", "k")) > 1_000_000);
  assert.match(
    await errorOf(here, ...migrate(target.port, "", 0, 60_000, "KEYS", "k", "x")).catch(() => "none"),
    /none/,
  );
});

test("what is wrong", async () => {
  await using target = await TidemarkHere.start({ requirepass: "secret" });
  await using source = await TidemarkHere.start();
  using here = await source.client();
  await here.call("SET", "k", "v");
  const refused = (...rest: Argument[]): Promise<string> => errorOf(here, ...migrate(target.port, ...rest));
  assert.match(await refused("k", 0, 60_000), /^ERR Target instance replied with error: NOAUTH/);
  assert.match(
    await refused("k", 0, 60_000, "AUTH", "wrong"),
    /^ERR Target instance replied with error: WRONGPASS/,
  );
  assert.match(
    await refused("k", 99, 60_000, "AUTH", "secret"),
    /^ERR Target instance replied with error: ERR DB index/,
  );
  assert.equal(await refused("k", "x", 60_000), "ERR value is not an integer or out of range");
  assert.equal(await refused("k", 0, "x"), "ERR value is not an integer or out of range");
  assert.equal(await refused("k", 0, 60_000, "AUTH"), "ERR syntax error");
  assert.equal(await refused("k", 0, 60_000, "AUTH2", "user"), "ERR syntax error");
  assert.equal(await refused("k", 0, 60_000, "NONE"), "ERR syntax error");
  assert.equal(
    await refused("k", 0, 60_000, "KEYS", "k"),
    "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string",
  );
  const nobody = await freePort();
  assert.equal(
    await errorOf(here, ...migrate(nobody, "k", 0, 60_000)),
    "IOERR error or timeout writing to target instance",
  );
  await here.call("MULTI");
  await here.call(...migrate(nobody, "k", 0, 60_000));
  const { items } = await here.reply("EXEC");
  assert.match(String(items[0]?.value), /MIGRATE is not possible inside a transaction/);
  assert.equal(await here.call("GET", "k"), "v");
  assert.equal(await here.call(...migrate(target.port, "k", 0, 60_000, "AUTH2", "default", "secret")), "OK");
  assert.equal(await here.call("EXISTS", "k"), 0);
});

test("a target that does not answer in time", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  try {
    await using source = await TidemarkHere.start();
    using here = await source.client();
    await here.call("SET", "k", "v");
    const { port } = silent.address() as AddressInfo;
    assert.equal(
      await errorOf(here, ...migrate(port, "k", 0, 50)),
      "IOERR error or timeout reading to target instance",
    );
    assert.equal(await here.call("GET", "k"), "v");
  } finally {
    silent.close();
  }
});

test("keys that change while they are on their way arrive as they are at the end", async () => {
  await using target = await TidemarkHere.start();
  await using source = await TidemarkHere.start();
  using there = await target.client();
  using here = await source.client();
  using other = await source.client();
  // The target does not answer before it is told to: until then the keys are on their way.
  await here.pipeline([["MSET", "stays", "1", "changes", "1", "goes", "1"]]);
  await there.call("CLIENT", "PAUSE", 100_000, "WRITE");
  here.send(...migrate(target.port, "", 0, 60_000, "KEYS", "stays", "changes", "goes"));
  await eventually("the target has got them", async () =>
    String(await there.call("INFO", "clients")).includes("blocked_clients:1"),
  );
  await other.pipeline([
    ["SET", "changes", "2"],
    ["DEL", "goes"],
  ]);
  assert.equal(await other.call("GET", "stays"), "1");
  await there.call("CLIENT", "UNPAUSE");
  assert.equal((await here.receive()).value, "OK");
  assert.equal(await other.call("DBSIZE"), 0);
  assert.deepEqual(await there.call("MGET", "stays", "changes", "goes"), ["1", "2", null]);
});

test("what has moved is gone from the append-only file, and told to those who listen", async () => {
  await using target = await TidemarkHere.start();
  await using source = await TidemarkHere.start({ appendonly: "yes", "notify-keyspace-events": "Eg" });
  using here = await source.client();
  using listener = await source.client();
  await here.call("MSET", "a", "1", "b", "2", "c", "3");
  await listener.call("SUBSCRIBE", "__keyevent@0__:del");
  assert.equal(await here.call(...migrate(target.port, "", 0, 60_000, "KEYS", "a", "c", "none")), "OK");
  assert.deepEqual((await listener.receive()).value, ["message", "__keyevent@0__:del", "a"]);
  assert.deepEqual((await listener.receive()).value, ["message", "__keyevent@0__:del", "c"]);
  assert.equal(await here.call("DEBUG", "LOADAOF"), "OK");
  assert.deepEqual(await here.call("MGET", "a", "b", "c"), [null, "2", null]);
});

test("a client that leaves does not stop the transfer", async () => {
  await using target = await TidemarkHere.start();
  await using source = await TidemarkHere.start();
  using there = await target.client();
  using other = await source.client();
  await other.call("SET", "k", "v");
  await there.call("CLIENT", "PAUSE", 100_000, "WRITE");
  const here = await source.client();
  here.send(...migrate(target.port, "k", 0, 60_000));
  await eventually("it is on its way", async () =>
    String(await there.call("INFO", "clients")).includes("blocked_clients:1"),
  );
  here.close();
  await there.call("CLIENT", "UNPAUSE");
  await eventually("the key has moved", async () => (await other.call("EXISTS", "k")) === 0);
  assert.equal(await there.call("GET", "k"), "v");
});
