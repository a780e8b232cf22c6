/** Power losses of the whole server in the simulation, one seed after another. Arguments: first seed, seconds. */

import { powerLosses } from "../durability/power-loss.js";

const [first = "1", seconds = "30"] = process.argv.slice(2);
const end = performance.now() + Number(seconds) * 1000;
let seed = Number(first);
do {
  for (const policy of ["always", "everysec", "no"] as const)
    await powerLosses(seed, policy, 4).catch((error) => {
      throw new Error(`To repeat it: npm run fuzz -- --seed ${seed} power-loss`, { cause: error });
    });
  seed++;
} while (performance.now() < end);
console.log(`${seed - Number(first)} seeds, nothing promised was lost`);
