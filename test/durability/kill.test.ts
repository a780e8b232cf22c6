/** kill -9 under load: what was acknowledged is there after the restart, in every policy. */

import assert from "node:assert/strict";
import { freshSeed, SeededChance } from "../support/chance.js";
import { oracleTest } from "../support/oracle.js";
import { REDIS_EXECUTABLE } from "../support/process.js";
import { killRounds } from "./kill-round.js";

for (const policy of ["always", "everysec", "no"] as const)
  oracleTest(`kill -9 under load loses nothing acknowledged (appendfsync ${policy})`, async (context) => {
    const seed = freshSeed();
    context.diagnostic(`seed ${seed}`);
    const result = await killRounds({ policy, rounds: 3, chance: new SeededChance(seed) });
    assert.ok(result.acknowledged > 0);
  });

oracleTest("the checker passes a redis-server that is killed under appendfsync always", async () => {
  const chance = new SeededChance(1);
  await killRounds({ policy: "always", rounds: 1, chance, executable: REDIS_EXECUTABLE });
});
