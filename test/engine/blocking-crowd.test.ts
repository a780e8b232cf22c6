import assert from "node:assert/strict";
import { SeededChance } from "../support/chance.js";
import { startPair } from "../support/compare.js";
import { oracleTest } from "../support/oracle.js";
import { crowdDiffers } from "./blocking-crowd.js";

for (const sort of ["chain", "choice"] as const)
  oracleTest(`a crowd that waits, pushes and moves at random: ${sort}`, async () => {
    const pair = await startPair();
    try {
      for (let seed = 1; seed <= 4; seed++)
        assert.equal(await crowdDiffers(pair, sort, new SeededChance(seed), 120), null, `seed ${seed}`);
    } finally {
      await pair.close();
    }
  });
