/** Lives full of mishaps in the simulation, some of redis-server, one seed after another. Arguments: first seed, seconds. */

import { Mishaps } from "../durability/mishaps.js";
import { takeOver } from "../durability/take-over.js";
import { SeededChance } from "../support/chance.js";
import { oracleAvailable } from "../support/oracle.js";

const [first = "1", seconds = "30"] = process.argv.slice(2);
const end = performance.now() + Number(seconds) * 1000;
const options = oracleAvailable() ? { takeOver } : {};
let seed = Number(first);
let acknowledged = 0;
do {
  const mishaps = new Mishaps(seed, new SeededChance(seed), options);
  await mishaps.run().catch((error: Error) => {
    console.error(mishaps.story.join("\n"));
    throw new Error(`To repeat it: npm run fuzz -- --seed ${seed} mishaps`, { cause: error });
  });
  acknowledged += mishaps.acknowledged;
  seed++;
} while (performance.now() < end);
console.log(`${seed - Number(first)} seeds, ${acknowledged} writes acknowledged, nothing promised was lost`);
