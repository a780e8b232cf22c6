/**
 * Which threads go first where processors are scarce: what clients wait for, before what can wait.
 *
 * Only Linux gives each thread a priority of its own, elsewhere it would be the whole process's, which shall stay as it is.
 */

import { readdirSync, readFileSync } from "node:fs";
import { constants, getPriority, platform, setPriority } from "node:os";

/** How much nicer than the loop a thread is that can wait: where both want a processor, it gets a tenth of it. */
const NICER = 10;
/** V8's own threads, which compile and collect beside the loop, are the first that Node.js starts. */
const V8_THREADS = 5;
/** What newer versions of Node.js call a thread that syncs and writes files, for which clients do wait. */
const FILE_THREAD = "libuv-worker";

/** Puts the thread that calls this behind the loop. */
export function yieldToLoop(): void {
  if (platform() === "linux") lower(0);
}

/**
 * Puts V8's threads behind the loop. Code that is compiled later is slow a little longer; a loop that waits for a
 * processor keeps every client waiting, for a whole time slice of each thread that is before it. Where it cannot
 * be told which they are, nothing happens.
 */
export function keepCompilersBehind(): void {
  if (platform() !== "linux") return;
  try {
    const threads = readdirSync("/proc/self/task").map(Number);
    const [, ...others] = threads.sort((a, b) => a - b);
    for (const thread of others.slice(0, V8_THREADS)) {
      const name = readFileSync(`/proc/self/task/${thread}/comm`, "latin1").trim();
      if (name !== FILE_THREAD) lower(thread);
    }
  } catch {
    // A system without /proc: they stay as they are.
  }
}

function lower(thread: number): void {
  setPriority(thread, Math.min(getPriority(thread) + NICER, constants.priority.PRIORITY_LOW));
}
