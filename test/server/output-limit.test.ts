/** `client-output-buffer-limit`: who does not read is put out, by the limits of its class. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/condition.js";
import { simulatedPlatform } from "../support/platform.js";
import { ServerProcess } from "../support/process.js";
import { launchSimulated, TidemarkHere } from "../support/product.js";

const KB = 1024;

test("a subscriber that does not read is put out at the hard limit, others go on", async () => {
  await using server = await TidemarkHere.start({ "client-output-buffer-limit": "pubsub 8mb 0 0" });
  using slow = await server.client();
  using quick = await server.client();
  using publisher = await server.client();
  for (const client of [slow, quick]) {
    client.send("SUBSCRIBE", "a");
    await client.receive();
  }
  slow.pause();
  const message = "x".repeat(256 * KB);
  let published = 0;
  while (Number(await publisher.call("PUBLISH", "a", message)) === 2) {
    published++;
    assert.ok(published < 1000, "the slow one is never put out");
    await quick.receive();
  }
  assert.ok(published * 256 * KB > 8 * KB * KB, "not before the limit");
  assert.match(
    String(await publisher.call("INFO", "stats")),
    /client_output_buffer_limit_disconnections:1\r/,
  );
  assert.deepEqual(await publisher.call("PUBSUB", "NUMSUB", "a"), ["a", 1]);
});

test("the soft limit counts the time, also when nothing more is published", async () => {
  const platform = simulatedPlatform(3);
  const { clock, network } = platform;
  const server = await launchSimulated(platform, {
    "client-output-buffer-limit": "pubsub 0 100kb 5 normal 0 0 0",
  });
  const slow = await network.client(6379);
  const other = await network.client(6379);
  slow.send("SUBSCRIBE", "a");
  await clock.run(slow.receive());
  slow.pause();
  for (let i = 0; i < 8; i++) await clock.run(other.call("PUBLISH", "a", "x".repeat(64 * KB)));
  await clock.advance(4000);
  assert.deepEqual(await clock.run(other.call("PUBSUB", "NUMSUB", "a")), ["a", 1]);
  await clock.advance(4000);
  assert.deepEqual(await clock.run(other.call("PUBSUB", "NUMSUB", "a")), ["a", 0]);
  await clock.run(server.close());
});

test("a silent subscriber is not put out by timeout", async () => {
  await using server = await TidemarkHere.start({ timeout: "1" });
  using subscriber = await server.client();
  using silent = await server.client();
  subscriber.send("SUBSCRIBE", "a");
  await subscriber.receive();
  await silent.call("PING");
  await silent.closed();
  using other = await server.client();
  assert.equal(await other.call("PUBLISH", "a", "x"), 1);
  await eventually("the message is there", () => subscriber.hasArrivals);
});

test("who is put out is logged with the fields of CLIENT LIST", async () => {
  await using server = await ServerProcess.start({
    args: ["--save", "", "--client-output-buffer-limit", "normal 1mb 0 0"],
  });
  using slow = await server.client();
  await slow.call("SET", "big", "x".repeat(1024 * KB));
  slow.pause();
  for (let i = 0; i < 40; i++) slow.send("GET", "big");
  await server.run.logged("scheduled to be closed");
  assert.match(
    server.log,
    /# Client id=\d+ addr=\S+ laddr=\S+ .* omem=[1-9]\d* .* cmd=get .* scheduled to be closed ASAP for overcoming of output buffer limits\.\n/,
  );
});
