import assert from "node:assert/strict";
import { test } from "node:test";
import { TidemarkHere } from "../../support/product.js";
import { sameEffects } from "../effects.js";

sameEffects(
  "Pub/Sub leaves nothing in the append-only file",
  `
PUBLISH a x
SPUBLISH a x
SET k v
MULTI
PUBLISH a x
EXEC
PUBSUB CHANNELS
`,
  ["SET k v"],
);

test("the memory of subscriptions counts for their client, with the names, and is given back", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  using other = await server.client();
  await client.call("HELLO", 3);
  const id = String(await client.call("CLIENT", "ID"));
  const bytes = async (): Promise<number> =>
    Number(/tot-mem=(\d+)/.exec(String(await other.call("CLIENT", "LIST", "ID", id)))![1]);
  const before = await bytes();
  const names = Array.from({ length: 100 }, (_, index) => `${"n".repeat(1000)}${index}`);
  for (const name of [...names, ...names]) client.send("SUBSCRIBE", name);
  for (let i = 0; i < 200; i++) await client.receive();
  const during = await bytes();
  // Buffers of the connection may come and go beside it.
  assert.ok(during - before > 100_000, `only ${during - before}`);
  client.send("UNSUBSCRIBE");
  for (let i = 0; i < 100; i++) await client.receive();
  assert.ok(during - (await bytes()) > 100_000);
});
