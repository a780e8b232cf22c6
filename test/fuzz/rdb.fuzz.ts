/**
 * Damaged snapshots, of our own making and of a real redis-server if there is one: each is read in pieces, and what has
 * come of it is used and thrown away. Arguments: seed, seconds.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attack } from "../snapshot/rdb/attack.js";
import { newKeyspace } from "../snapshot/rdb/contents.js";
import { generatedData } from "../snapshot/rdb/generated.js";
import { oldFile } from "../snapshot/rdb/samples.js";
import { SeededChance } from "../support/chance.js";
import { oracleAvailable, startOracle } from "../support/oracle.js";

const [seed = "1", seconds = "30"] = process.argv.slice(2);
const end = performance.now() + Number(seconds) * 1000;

/** Several files, so that none is so large that a change hits nothing. */
async function realFiles(): Promise<Buffer[]> {
  const files: Buffer[] = [];
  for (const compression of ["yes", "no"]) {
    await using oracle = await startOracle({ args: ["--rdbcompression", compression] });
    using client = await oracle.client();
    const lines = generatedData(Number(seed), 1).filter((line) => line[0] !== "SELECT");
    const short = lines.filter(
      (line) => line.reduce((sum: number, word) => sum + String(word).length, 0) < 1500,
    );
    for (let at = 0; at < short.length; at += 25) {
      await client.call("FLUSHALL");
      await client.pipeline(short.slice(at, at + 25));
      await client.call("SAVE");
      files.push(readFileSync(join(oracle.dir, "dump.rdb")));
    }
  }
  return files;
}

const files = [oldFile(), ...(oracleAvailable() ? await realFiles() : [])];
const space = newKeyspace();
const counts = { loaded: 0, refused: 0 };
let round = 0;
for (; performance.now() < end; round++) {
  const chance = new SeededChance(Number(seed) + round);
  const original = chance.happens(0.3) ? files[0]! : chance.pick(files);
  try {
    counts[attack(original, chance, space)]++;
  } catch (error) {
    throw new Error(`Seed ${Number(seed) + round}: ${(error as Error).stack}`);
  }
}
console.log(`${round} damaged files: ${counts.loaded} loaded, ${counts.refused} refused`);
