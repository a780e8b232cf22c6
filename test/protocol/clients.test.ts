/** The clients that people use, as they use them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { eventually } from "../support/condition.js";
import { freePort } from "../support/directory.js";
import { oracleTest } from "../support/oracle.js";
import { runExecutable } from "../support/process.js";
import { TidemarkHere } from "../support/product.js";

test("ioredis: commands, pipelines, transactions", { timeout: 30_000 }, async () => {
  await using server = await TidemarkHere.start();
  const redis = new Redis({ port: server.port, host: "127.0.0.1" });
  try {
    assert.equal(await redis.set("name", "Tidemark", "EX", 100), "OK");
    assert.equal(await redis.get("name"), "Tidemark");
    assert.deepEqual(await redis.getBuffer("name"), Buffer.from("Tidemark"));
    assert.deepEqual(await redis.pipeline().incr("n").incrby("n", 5).get("n").exec(), [
      [null, 1],
      [null, 6],
      [null, "6"],
    ]);
    assert.deepEqual(await redis.multi().set("a", 1).append("a", "2").get("a").exec(), [
      [null, "OK"],
      [null, 2],
      [null, "12"],
    ]);
    await assert.rejects(redis.incr("name"), /value is not an integer/);
    const many = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => redis.incr(`many:${index % 10}`)),
    );
    assert.equal(Math.max(...many), 100);
  } finally {
    redis.disconnect();
  }
});

test("ioredis: workers that wait for jobs get each of them once", { timeout: 30_000 }, async () => {
  await using server = await TidemarkHere.start();
  const connect = (): Redis => new Redis({ port: server.port, host: "127.0.0.1" });
  const workers = Array.from({ length: 5 }, connect);
  const producer = connect();
  const done: string[] = [];
  const work = async (worker: Redis): Promise<void> => {
    for (;;) {
      const [, job = ""] = (await worker.blpop("first", "jobs", 0)) ?? [];
      if (job === "end") return;
      done.push(job);
    }
  };
  try {
    const all = Promise.all(workers.map(work));
    const jobs = Array.from({ length: 500 }, (_, index) => `job ${index}`);
    await Promise.all(jobs.map((job) => producer.rpush("jobs", job)));
    await producer.rpush("jobs", ...workers.map(() => "end"));
    await all;
    assert.deepEqual(done.sort(), jobs.sort());
    assert.equal(await producer.blmove("jobs", "other", "LEFT", "RIGHT", 0.01), null);
  } finally {
    for (const redis of [producer, ...workers]) redis.disconnect();
  }
});

test("ioredis: scanning finds every key", { timeout: 30_000 }, async () => {
  await using server = await TidemarkHere.start();
  const redis = new Redis({ port: server.port, host: "127.0.0.1" });
  try {
    await redis.mset(new Map(Array.from({ length: 500 }, (_, index) => [`key:${index}`, "x"])));
    const found = new Set<string>();
    for await (const keys of redis.scanStream({ match: "key:*", count: 50 }))
      for (const key of keys as string[]) found.add(key);
    assert.equal(found.size, 500);
  } finally {
    redis.disconnect();
  }
});

test("ioredis comes back after the server's restart", { timeout: 30_000 }, async () => {
  const port = await freePort();
  await using first = await TidemarkHere.start({ port: String(port) });
  const redis = new Redis({ port, host: "127.0.0.1", retryStrategy: () => 5, maxRetriesPerRequest: null });
  redis.on("error", () => {});
  try {
    await redis.ping();
    const gone = new Promise((resolve) => redis.once("close", resolve));
    await first.close();
    await gone;
    await using _second = await TidemarkHere.start({ port: String(port) });
    assert.equal(await redis.ping(), "PONG");
  } finally {
    redis.disconnect();
  }
});

for (const RESP of [2, 3] as const)
  test(`node-redis over RESP${RESP}: commands, transactions, errors`, { timeout: 30_000 }, async () => {
    await using server = await TidemarkHere.start();
    const redis = createClient({ url: server.url, RESP });
    redis.on("error", () => {});
    await redis.connect();
    try {
      assert.equal(await redis.set("key", "value", { expiration: { type: "EX", value: 100 } }), "OK");
      assert.equal(await redis.get("key"), "value");
      assert.deepEqual(await redis.mGet(["key", "nothing"]), ["value", null]);
      assert.deepEqual(await redis.multi().incr("n").incrBy("n", 4).get("n").exec(), [1, 5, "5"]);
      await assert.rejects(redis.incr("key"), /value is not an integer/);
      await redis.zAdd("scores", { score: 1.5, value: "member" });
      assert.deepEqual(await redis.bzPopMin("scores", 0), { key: "scores", value: "member", score: 1.5 });
      assert.equal(await redis.blPop(["none", "nothing"], 0.01), null);
      const config = await redis.configGet("maxmemory");
      assert.equal(config.maxmemory, "0");
      assert.deepEqual(
        await Promise.all(Array.from({ length: 300 }, () => redis.ping())),
        Array(300).fill("PONG"),
      );
    } finally {
      redis.destroy();
    }
  });

test("node-redis: a watched key that changes ends the transaction", { timeout: 30_000 }, async () => {
  await using server = await TidemarkHere.start();
  const redis = createClient({ url: server.url, RESP: 3 });
  redis.on("error", () => {});
  await redis.connect();
  const other = redis.duplicate();
  other.on("error", () => {});
  await other.connect();
  try {
    await redis.watch("key");
    await other.set("key", "changed");
    await assert.rejects(redis.multi().set("key", "mine").exec(), /watch/i);
    assert.equal(await redis.get("key"), "changed");
  } finally {
    redis.destroy();
    other.destroy();
  }
});

test("node-redis comes back after its connection was killed", { timeout: 30_000 }, async () => {
  await using server = await TidemarkHere.start();
  const redis = createClient({ url: server.url, socket: { reconnectStrategy: () => 5 } });
  redis.on("error", () => {});
  await redis.connect();
  using admin = await server.client();
  try {
    const again = new Promise((resolve) => redis.once("ready", resolve));
    assert.equal(await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"), 1);
    await again;
    assert.equal(await redis.ping(), "PONG");
  } finally {
    redis.destroy();
  }
});

oracleTest("redis-cli: arguments, standard input, RESP3", async () => {
  await using server = await TidemarkHere.start();
  const cli = async (args: string[], input = ""): Promise<string> => {
    const run = runExecutable("redis-cli", ["-p", String(server.port), ...args], { input });
    await run.end();
    return run.log;
  };
  assert.equal(await cli(["SET", "key", "a b"]), "OK\n");
  assert.equal(await cli(["--no-raw", "GET", "key"]), '"a b"\n');
  assert.equal(await cli(["-3", "--no-raw", "CONFIG", "GET", "maxmemory"]), '1# "maxmemory" => "0"\n');
  assert.equal(await cli([], "INCR n\nINCR n\nGET n\n"), "1\n2\n2\n");
  assert.match(await cli(["--pipe"], "SET piped 1\r\nINCR piped\r\n"), /errors: 0, replies: 2/);
  assert.equal(
    await cli(["--no-raw", "NOSUCH"]),
    "(error) ERR unknown command 'NOSUCH', with args beginning with: \n",
  );
  assert.match(await cli(["--scan", "--pattern", "ke*"]), /^key\n$/);
});

oracleTest("redis-benchmark runs its string tests", async () => {
  await using server = await TidemarkHere.start();
  const args = ["-p", String(server.port), "-n", "2000", "-c", "20", "-P", "4", "-r", "100", "-q"];
  const run = runExecutable("redis-benchmark", [...args, "-t", "ping,set,get,incr,mset"]);
  const { code } = await run.end();
  assert.equal(code, 0, run.log);
  for (const name of ["PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET"])
    assert.match(run.log, new RegExp(`${name}[^\\n]*requests per second`));
  assert.doesNotMatch(run.log, /error/i);
});

test("ioredis: subscribers, by name and by pattern, and keyspace notifications", {
  timeout: 30_000,
}, async () => {
  await using server = await TidemarkHere.start({ "notify-keyspace-events": "KEA" });
  const subscriber = new Redis({ port: server.port, host: "127.0.0.1" });
  const redis = new Redis({ port: server.port, host: "127.0.0.1" });
  const seen: string[] = [];
  try {
    subscriber.on("message", (channel, message) => seen.push(`${channel} ${message}`));
    subscriber.on("pmessage", (pattern, channel, message) => seen.push(`${pattern} ${channel} ${message}`));
    assert.equal(await subscriber.subscribe("news", "weather"), 2);
    assert.equal(await subscriber.psubscribe("__key*@0__:*"), 3);
    assert.equal(await redis.publish("news", "héllo"), 1);
    await redis.set("k", "v");
    await eventually("the messages are there", () => seen.length === 3);
    assert.deepEqual(seen, [
      "news héllo",
      "__key*@0__:* __keyspace@0__:k set",
      "__key*@0__:* __keyevent@0__:set k",
    ]);
    assert.equal(await subscriber.punsubscribe("__key*@0__:*"), 2);
    assert.equal(await subscriber.unsubscribe("news", "weather"), 0);
    assert.equal(await subscriber.get("k"), "v");
  } finally {
    subscriber.disconnect();
    redis.disconnect();
  }
});

test("node-redis: subscribers, also of shard channels", { timeout: 30_000 }, async () => {
  await using server = await TidemarkHere.start();
  const redis = createClient({ url: server.url });
  const subscriber = redis.duplicate();
  const seen: string[] = [];
  const note = (message: string, channel: string): void => void seen.push(`${channel} ${message}`);
  try {
    await Promise.all([redis.connect(), subscriber.connect()]);
    await subscriber.subscribe("news", note);
    await subscriber.pSubscribe("n*", note);
    await subscriber.sSubscribe("shard", note);
    assert.equal(await redis.publish("news", "one"), 2);
    assert.equal(await redis.sPublish("shard", "two"), 1);
    await eventually("the messages are there", () => seen.length === 3);
    assert.deepEqual(seen, ["news one", "news one", "shard two"]);
    assert.deepEqual(await redis.pubSubChannels(), ["news"]);
    await subscriber.unsubscribe("news");
    assert.equal(await redis.publish("news", "three"), 1);
  } finally {
    redis.destroy();
    subscriber.destroy();
  }
});
