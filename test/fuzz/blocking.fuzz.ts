/** Crowds of clients that wait and push at random, here and on redis-server. Arguments: seed, seconds. */

import { crowdDiffers } from "../engine/blocking-crowd.js";
import { SeededChance } from "../support/chance.js";
import { startPair } from "../support/compare.js";

const [seed = "1", seconds = "30"] = process.argv.slice(2);
const end = performance.now() + Number(seconds) * 1000;
const chance = new SeededChance(Number(seed));
const pair = await startPair();
let crowds = 0;
try {
  do {
    for (const sort of ["chain", "choice"] as const) {
      const report = await crowdDiffers(pair, sort, chance.fork(), 300);
      if (report !== null) throw new Error(report);
      crowds++;
    }
  } while (performance.now() < end);
} finally {
  await pair.close();
}
console.log(`${crowds} crowds, all served alike`);
