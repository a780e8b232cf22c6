/** How messages reach their subscribers: when, in which order, and how many at once. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../support/condition.js";
import { simulatedPlatform } from "../../support/platform.js";
import { launchSimulated, TidemarkHere } from "../../support/product.js";
import type { Plain, WireClient } from "../../support/wire.js";

async function values(client: WireClient, count: number): Promise<Plain[]> {
  const received: Plain[] = [];
  for (let left = count; left > 0; left--) received.push((await client.receive()).value);
  return received;
}

// Redis 7.0 sends the message first, and between the replies of an EXEC; 7.2 does not.
test("a client that publishes to itself reads the reply first", async () => {
  await using server = await TidemarkHere.start({ "notify-keyspace-events": "KE$" });
  using client = await server.client();
  await client.call("HELLO", 3);
  client.send("SUBSCRIBE", "a");
  client.send("PUBLISH", "a", "one");
  client.send("MULTI");
  client.send("PUBLISH", "a", "two");
  client.send("SUBSCRIBE", "__keyevent@0__:set");
  client.send("SET", "k", "v");
  client.send("EXEC");
  client.send("SET", "k", "v");
  assert.deepEqual(await values(client, 10), [
    ["subscribe", "a", 1],
    1,
    ["message", "a", "one"],
    "OK",
    "QUEUED",
    "QUEUED",
    "QUEUED",
    [1, ["subscribe", "__keyevent@0__:set", 2], "OK"],
    ["message", "a", "two"],
    ["message", "__keyevent@0__:set", "k"],
  ]);
  assert.deepEqual(await values(client, 2), ["OK", ["message", "__keyevent@0__:set", "k"]]);
});

test("in RESP2, too, when it has subscribed in the transaction", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  for (const words of [["MULTI"], ["SUBSCRIBE", "a"], ["PUBLISH", "a", "x"], ["UNSUBSCRIBE"], ["EXEC"]])
    client.send(...words);
  assert.equal((await client.receive()).raw.toString(), "+OK\r\n");
  for (let i = 0; i < 3; i++) await client.receive();
  assert.deepEqual(await values(client, 2), [
    [["subscribe", "a", 1], 1, ["unsubscribe", "a", 0]],
    ["message", "a", "x"],
  ]);
});

test("what a muted client asks of itself comes without the reply", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  await client.call("HELLO", 3);
  client.send("CLIENT", "REPLY", "OFF");
  client.send("MULTI");
  client.send("SUBSCRIBE", "a");
  client.send("PUBLISH", "a", "x");
  client.send("EXEC");
  client.send("CLIENT", "REPLY", "ON");
  assert.deepEqual(await values(client, 3), [["subscribe", "a", 1], ["message", "a", "x"], "OK"]);
});

test("one copy for each pattern, one for the channel however often subscribed", async () => {
  await using server = await TidemarkHere.start();
  using subscriber = await server.client();
  using publisher = await server.client();
  for (const words of [
    ["SUBSCRIBE", "ab", "ab"],
    ["PSUBSCRIBE", "a*", "*b", "a*"],
  ])
    subscriber.send(...words);
  await values(subscriber, 5);
  assert.equal(await publisher.call("PUBLISH", "ab", "x"), 3);
  assert.deepEqual(await values(subscriber, 3), [
    ["message", "ab", "x"],
    ["pmessage", "a*", "ab", "x"],
    ["pmessage", "*b", "ab", "x"],
  ]);
});

test("hundreds of subscribers of both protocols get the same messages, also several in one turn", async () => {
  await using server = await TidemarkHere.start();
  using publisher = await server.client();
  const subscribers = await Promise.all(Array.from({ length: 300 }, () => server.client()));
  for (const [index, client] of subscribers.entries()) {
    if (index % 2 === 0) await client.call("HELLO", 3);
    client.send("SUBSCRIBE", "a");
    await client.receive();
  }
  const messages = ["one", "x".repeat(20_000), "three"];
  const replies = await publisher.pipeline(messages.map((message) => ["PUBLISH", "a", message]));
  assert.deepEqual(
    replies.map(({ value }) => value),
    [300, 300, 300],
  );
  for (const [index, client] of subscribers.entries()) {
    for (const message of messages) {
      const { raw } = await client.receive();
      const type = index % 2 === 0 ? ">" : "*";
      const bytes = `${type}3\r\n$7\r\nmessage\r\n$1\r\na\r\n$${message.length}\r\n${message}\r\n`;
      assert.ok(raw.equals(Buffer.from(bytes)), `subscriber ${index}`);
    }
    client.close();
  }
  await eventually("all are gone", async () => (await publisher.call("PUBLISH", "a", "x")) === 0);
  assert.deepEqual(await publisher.call("PUBSUB", "CHANNELS"), []);
});

test("keys that expire or are evicted by the cron are told of", async () => {
  await using server = await TidemarkHere.start({ "notify-keyspace-events": "Exe" });
  using subscriber = await server.client();
  using client = await server.client();
  subscriber.send("PSUBSCRIBE", "*");
  await subscriber.receive();
  await client.call("SET", "short", "v", "PX", "1");
  assert.deepEqual(await values(subscriber, 1), [["pmessage", "*", "__keyevent@0__:expired", "short"]]);
  await client.call("SELECT", "3");
  await client.call("SET", "large", "v".repeat(100_000));
  await client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", "1");
  assert.deepEqual(await values(subscriber, 1), [["pmessage", "*", "__keyevent@3__:evicted", "large"]]);
});

test("classes are chosen, and changed, by CONFIG SET", async () => {
  await using server = await TidemarkHere.start();
  using subscriber = await server.client();
  using client = await server.client();
  subscriber.send("PSUBSCRIBE", "*");
  await subscriber.receive();
  const changes = async (classes: string): Promise<Plain[]> => {
    await client.call("CONFIG", "SET", "notify-keyspace-events", classes);
    for (const words of [
      ["SET", "s", "v"],
      ["LPUSH", "l", "v"],
      ["DEL", "l", "s"],
      ["GET", "s"],
    ])
      await client.call(...words);
    await client.call("PUBLISH", "end", "");
    const seen: Plain[] = [];
    for (;;) {
      const [, , channel, message] = (await subscriber.receive()).value as Plain[];
      if (channel === "end") return seen;
      seen.push(`${channel} ${message}`);
    }
  };
  assert.deepEqual(await changes(""), []);
  assert.deepEqual(await changes("A"), [], "neither K nor E");
  assert.deepEqual(await changes("K$"), ["__keyspace@0__:s set"]);
  assert.deepEqual(await changes("El"), ["__keyevent@0__:lpush l"]);
  assert.deepEqual(await changes("KEg"), [
    "__keyspace@0__:l del",
    "__keyevent@0__:del l",
    "__keyspace@0__:s del",
    "__keyevent@0__:del s",
  ]);
  assert.deepEqual(await changes("Emn"), [
    "__keyevent@0__:new s",
    "__keyevent@0__:new l",
    "__keyevent@0__:keymiss s",
  ]);
  assert.deepEqual(await changes(""), []);
});

test("a message that tells of a write waits, as its reply does, until the write is durable", async () => {
  const platform = simulatedPlatform(1);
  const { clock, disk, network } = platform;
  const server = await launchSimulated(platform, {
    appendonly: "yes",
    appendfsync: "always",
    "notify-keyspace-events": "E$",
  });
  const subscriber = await network.client(6379);
  const client = await network.client(6379);
  subscriber.send("PSUBSCRIBE", "*");
  await clock.run(subscriber.receive());
  disk.hold();
  client.send("SET", "k", "v");
  await clock.advance(100);
  assert.ok(disk.holding > 0);
  assert.equal(client.hasArrivals, false);
  assert.equal(subscriber.hasArrivals, false);
  disk.release();
  assert.equal((await clock.run(client.receive())).value, "OK");
  assert.deepEqual((await clock.run(subscriber.receive())).value, [
    "pmessage",
    "*",
    "__keyevent@0__:set",
    "k",
  ]);
  await clock.run(server.close());
});
