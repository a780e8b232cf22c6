import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedPlatform } from "./platform.js";
import { launchSimulated } from "./product.js";

test("a server runs on the simulated machine", async () => {
  const platform = simulatedPlatform(1);
  const { clock, network } = platform;
  const server = await launchSimulated(platform);
  const client = await network.client(6379);
  network.splits = 0.5;
  assert.equal(await clock.run(client.call("SET", "key", "value")), "OK");
  assert.equal(await clock.run(client.call("GET", "key")), "value");
  await clock.run(server.close());
});
