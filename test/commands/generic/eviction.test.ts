/** Eviction in a server: writes go on under maxmemory, and the log says what went. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { eventually } from "../../support/condition.js";
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

const POLICIES = [
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
];

for (const policy of [...POLICIES, "volatile-ttl"]) {
  it(`Under ${policy} a limit of two megabytes leaves room for data`, async () => {
    await using server = await TidemarkHere.start({ maxmemory: "2mb", "maxmemory-policy": policy });
    using client = await server.client();
    await client.call("SET", "lasting", "v");
    for (let at = 0; at < 5000; at++)
      assert.equal(await client.call("SET", `k${at}`, "v".repeat(500), "EX", 1000 + at), "OK");
    const left = Number(await client.call("DBSIZE"));
    assert.ok(left > 1000 && left < 4000, `${left} keys are left`);
    const memory = String(await client.call("INFO", "memory"));
    assert.ok(Number(/^used_memory:(\d+)/m.exec(memory)?.[1]) < 2 * 1024 * 1024 + 4096);
    const stats = String(await client.call("INFO", "stats"));
    assert.match(stats, new RegExp(`\\nevicted_keys:${5001 - left}\\r`));
    if (policy.startsWith("volatile")) assert.equal(await client.call("GET", "lasting"), "v");
  });
}

it("Under noeviction a full server refuses writes, and takes them again when something was deleted", async () => {
  await using server = await TidemarkHere.start({ maxmemory: "1mb" });
  using client = await server.client();
  const full = async (): Promise<void> => {
    for (let at = 0; at < 5000; at++) await client.call("SET", `k${at}`, "v".repeat(500));
  };
  await assert.rejects(full(), /^Error: OOM command not allowed when used memory > 'maxmemory'\.$/);
  const kept = Number(await client.call("DBSIZE"));
  assert.ok(kept > 500 && kept < 2500, `${kept} keys were taken`);
  assert.equal(await client.call("GET", "k0"), "v".repeat(500));
  assert.equal(await client.call("DEL", ...Array.from({ length: 100 }, (_, at) => `k${at}`)), 100);
  assert.equal(await client.call("SET", "k0", "v"), "OK");
});

it("A lower limit makes keys go although nobody sends a command", async () => {
  await using server = await TidemarkHere.start({
    "maxmemory-policy": "allkeys-random",
    "maxmemory-eviction-tenacity": "0",
    "enable-debug-command": "yes",
  });
  using client = await server.client();
  using subscriber = await server.client();
  await client.call("DEBUG", "POPULATE", 20_000, "k", 200);
  await client.call("CONFIG", "SET", "notify-keyspace-events", "Ee");
  await subscriber.call("SUBSCRIBE", "__keyevent@0__:evicted");
  const memory = String(await client.call("INFO", "memory"));
  const used = Number(/^used_memory:(\d+)/m.exec(memory)?.[1]);
  // Neither commands nor the cron will do it.
  await client.call("DEBUG", "PAUSE-CRON", 1);
  await client.call("CONFIG", "SET", "maxmemory", Math.floor(used / 2));
  for (let evicted = 0; evicted < 8000; evicted++) await subscriber.receive();
  await eventually("memory is within the limit", async () =>
    /current_eviction_exceeded_time:0\r/.test(String(await client.call("INFO", "stats"))),
  );
});
