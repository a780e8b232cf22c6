/** Random commands of all types at redis-server and Tidemark for as long as wanted. Arguments: seed, seconds. */

import { checkSeed } from "../differential/check.js";
import { startPair } from "../support/compare.js";

const STEPS = 20_000;

const [seed = "1", seconds = "30"] = process.argv.slice(2);
const end = performance.now() + Number(seconds) * 1000;
const pair = await startPair();
let failed = false;
let runs = 0;
for (let at = Number(seed); performance.now() < end && !failed; at++, runs++) {
  const report = await checkSeed(pair, at, STEPS);
  if (report !== null) {
    console.error(report);
    failed = true;
  }
}
await pair.close();
console.log(`${runs} runs of ${STEPS} commands`);
process.exitCode = failed ? 1 : 0;
