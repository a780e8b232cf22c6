/** Power losses in the simulation; `npm run fuzz` goes through many more seeds. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { powerLosses } from "./power-loss.js";

for (const policy of ["always", "everysec", "no"] as const)
  test(`a power loss costs nothing that appendfsync ${policy} promises`, { timeout: 60_000 }, async () => {
    let acknowledged = 0;
    for (let seed = 1; seed <= 20; seed++) acknowledged += await powerLosses(seed, policy, 3);
    assert.ok(acknowledged > 1000, `${acknowledged} writes were acknowledged before the power went`);
  });
