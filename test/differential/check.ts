/** A random run, and when it finds a difference the few steps that show it. */

import type { Pair } from "../support/compare.js";
import { runSteps, shownStep } from "./run.js";
import { shrink } from "./shrink.js";
import { drawSteps } from "./steps.js";

const SHRINKING_MS = 30_000;

/** Runs `count` steps of a seed; null when the servers agree, else a report with the steps that show where they do not. */
export async function checkSeed(pair: Pair, seed: number, count: number): Promise<string | null> {
  const protocol = seed % 2 === 0 ? 2 : 3;
  const steps = drawSteps(seed, count);
  const first = await runSteps(pair, steps, protocol);
  if (first === null) return null;
  const fails = async (some: readonly (typeof steps)[number][]): Promise<boolean> =>
    (await runSteps(pair, some, protocol)) !== null;
  const few = await shrink(steps.slice(0, first.after), fails, SHRINKING_MS);
  const last = (await runSteps(pair, few, protocol)) ?? first;
  return [
    `Seed ${seed} (RESP${protocol}): these steps show a difference:`,
    ...few.map(shownStep),
    last.report,
  ].join("\n");
}
