/** RANDOMKEY: fair, and never without an end. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { pause } from "../../support/condition.js";
import { TidemarkHere } from "../../support/product.js";

it("RANDOMKEY gives every key about as often as any other", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  for (let at = 0; at < 20; at++) await client.call("SET", `k${at}`, "v");
  const counts = new Map<unknown, number>();
  const replies = await client.pipeline(Array.from({ length: 4000 }, () => ["RANDOMKEY"]));
  for (const { value } of replies) counts.set(value, (counts.get(value) ?? 0) + 1);
  assert.equal(counts.size, 20);
  for (const [key, count] of counts)
    assert.ok(count > 100 && count < 320, `${key} came ${count} times of 4000`);
});

it("RANDOMKEY ends although all keys have expired and none may be deleted, while clients are paused", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  for (let at = 0; at < 20; at++) await client.call("SET", `k${at}`, "v", "PX", "30");
  await client.call("CLIENT", "PAUSE", "60000", "WRITE");
  await pause(60);
  assert.match(String(await client.call("RANDOMKEY")), /^k\d+$/);
  assert.equal(await client.call("GET", "k1"), null);
  assert.equal(await client.call("EXISTS", "k1"), 0);
  await client.call("CLIENT", "UNPAUSE");
  assert.equal(await client.call("RANDOMKEY"), null);
});
