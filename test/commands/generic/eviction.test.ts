/** Eviction in a server: writes go on under maxmemory, and the log says what went. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { removeDirectory, temporaryDirectory } from "../../support/directory.js";
import { TidemarkHere } from "../../support/product.js";

const VALUE = "v".repeat(1024 * 1024);
const KEYS = 150;
const names = Array.from({ length: KEYS }, (_, at) => `k${at}`);

it("Under allkeys-lru old keys make room for new ones, and are gone after a restart as well", async () => {
  const dir = temporaryDirectory();
  const log = { dir, appendonly: "yes" };
  try {
    let left: unknown;
    {
      const limits = { maxmemory: "100mb", "maxmemory-policy": "allkeys-lru" };
      await using server = await TidemarkHere.start({ ...log, ...limits });
      using client = await server.client();
      for (const name of names) assert.equal(await client.call("SET", name, VALUE), "OK");
      left = await client.call("EXISTS", ...names);
      assert.ok(Number(left) > 0 && Number(left) < 110, `${left} of ${KEYS} keys are left`);
    }
    await using server = await TidemarkHere.start(log);
    using client = await server.client();
    assert.equal(await client.call("EXISTS", ...names), left);
  } finally {
    removeDirectory(dir);
  }
});

it("CONFIG SET maxmemory-policy decides what OBJECT tells", async () => {
  await using server = await TidemarkHere.start({ "maxmemory-policy": "allkeys-lfu" });
  using client = await server.client();
  await client.call("SET", "a", "text");
  assert.equal(await client.call("OBJECT", "FREQ", "a"), 5);
  await client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  await client.call("SET", "a", "text");
  await assert.rejects(client.call("OBJECT", "FREQ", "a"), /An LFU maxmemory policy is not selected/);
  assert.ok(Number(await client.call("OBJECT", "IDLETIME", "a")) <= 1);
});
