/** Random commands of all types beside redis-server; `npm run fuzz -- differential` runs many more. */

import assert from "node:assert/strict";
import { freshSeed } from "../support/chance.js";
import { startPair } from "../support/compare.js";
import { oracleTest } from "../support/oracle.js";
import { checkSeed } from "./check.js";

const STEPS = 6000;

for (const seed of [1, 2, freshSeed()]) {
  oracleTest(`random commands have the same replies and leave the same data (seed ${seed})`, async () => {
    const pair = await startPair();
    try {
      assert.equal(await checkSeed(pair, seed, STEPS), null);
    } finally {
      await pair.close();
    }
  });
}
