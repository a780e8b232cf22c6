/** Lives full of mishaps in the simulation, one seed after another. Arguments: first seed, seconds. */

import { Mishaps } from "../durability/mishaps.js";
import { SeededChance } from "../support/chance.js";

const [first = "1", seconds = "30"] = process.argv.slice(2);
const end = performance.now() + Number(seconds) * 1000;
let seed = Number(first);
let acknowledged = 0;
do {
  const mishaps = new Mishaps(seed, new SeededChance(seed));
  await mishaps.run().catch((error: Error) => {
    console.error(mishaps.story.join("\n"));
    throw new Error(`To repeat it: npm run fuzz -- --seed ${seed} mishaps`, { cause: error });
  });
  acknowledged += mishaps.acknowledged;
  seed++;
} while (performance.now() < end);
console.log(`${seed - Number(first)} seeds, ${acknowledged} writes acknowledged, nothing promised was lost`);
