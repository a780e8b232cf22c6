/** Many rounds of kill -9 under load, in all three policies by turns. Arguments: seed, seconds. */

import { killRounds } from "../durability/kill-round.js";
import { SeededChance } from "../support/chance.js";

const [seed = "1", seconds = "30"] = process.argv.slice(2);
const chance = new SeededChance(Number(seed));
const end = performance.now() + Number(seconds) * 1000;
let rounds = 0;
let acknowledged = 0;
do {
  for (const policy of ["always", "everysec", "no"] as const) {
    const result = await killRounds({
      policy,
      rounds: 2,
      chance: chance.fork(),
      connections: 1 + chance.below(20),
    });
    rounds += result.rounds;
    acknowledged += result.acknowledged;
  }
} while (performance.now() < end);
console.log(`${rounds} kills, ${acknowledged} writes acknowledged, none lost`);
