/**
 * Where a worker thread begins: it loads its program and runs it for each input. What it does can wait, clients cannot:
 * so it has a lower priority than the loop.
 */

import { parentPort, workerData } from "node:worker_threads";
import { nodeDisk } from "./disk.js";
import { yieldToLoop } from "./priority.js";
import type { Program, ThreadSide } from "./thread.js";

if (parentPort !== null) {
  const port = parentPort;
  yieldToLoop();
  const still = new Int32Array(new SharedArrayBuffer(4));
  const side: ThreadSide = {
    disk: nodeDisk,
    post: (message, moved = []) => port.postMessage(message, [...moved]),
    wait: (words, at, value) => void Atomics.wait(words, at, value),
    sleepUs: (us) => void Atomics.wait(still, 0, 0, us / 1000),
  };
  const { program } = (await import(workerData as string)) as { program: Program };
  port.on("message", (input) => {
    const steps = program.run(input, side);
    while (steps.next().done !== true) {}
  });
}
