/** Finds few steps that still show a difference. */

import type { Step } from "./steps.js";

/**
 * Leaves out ever smaller pieces as long as `fails` says that the rest still does, until nothing more can go or the time
 * is over.
 */
export async function shrink(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => Promise<boolean>,
  milliseconds: number,
): Promise<readonly Step[]> {
  const end = performance.now() + milliseconds;
  let kept = steps;
  for (let size = kept.length >> 1; size >= 1; ) {
    let shorter = false;
    for (let from = kept.length - size; from > -size && performance.now() < end; from -= size) {
      const start = Math.max(from, 0);
      const rest = [...kept.slice(0, start), ...kept.slice(from + size)];
      if (!(await fails(rest))) continue;
      kept = rest;
      shorter = true;
    }
    if (performance.now() >= end) break;
    if (size > 1) size >>= 1;
    else if (!shorter) break;
  }
  return kept;
}
