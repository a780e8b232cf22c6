/** Some lives full of mishaps; `npm run fuzz -- mishaps` goes through many more. */

import { test } from "node:test";
import { SeededChance } from "../support/chance.js";
import { Mishaps } from "./mishaps.js";

test("what was promised outlives faults, crashes and changes of mind", { timeout: 120_000 }, async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const mishaps = new Mishaps(seed, new SeededChance(seed));
    await mishaps.run().catch((error: Error) => {
      throw new Error(`seed ${seed}: ${error.message}\n${mishaps.story.join("\n")}`, { cause: error });
    });
  }
});
