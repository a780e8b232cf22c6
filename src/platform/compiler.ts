/** What is asked of V8 by the program (cli.ts). A server inside another one leaves V8 as it is. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Lets a compiled function take in more of those it calls. What a command does lies in many small functions, and V8's
 * default (460 bytes of bytecode each, 920 together, and then those of up to 27 bytes until there are 4600) ends in the
 * middle of them: with this SET and LPUSH take a quarter less time outside of the kernel, and GET an eighth. To be called
 * before the first command is compiled; concerns the whole process.
 */
export function inlineDeeply(): void {
  setFlagsFromString("--max-inlined-bytecode-size=1000");
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=6000");
  setFlagsFromString("--max-inlined-bytecode-size-small=60");
  setFlagsFromString("--max-inlined-bytecode-size-absolute=12000");
}

/**
 * Keeps V8's young generation at the size that it begins with, a megabyte. The dataset is outside of the heap and next to
 * nothing outlives a request, so a larger one would collect no less and cost memory, and the caches of the processor. The
 * loop collects it alone: that takes half a millisecond, and waiting for others to wake up and help may take many.
 */
export function stayYoung(): void {
  setFlagsFromString("--no-parallel-scavenge");
  setFlagsFromString("--semi-space-growth-factor=1");
}

/**
 * Makes `host.collectGarbage` work. What the dataset gives back is the system's again only after a collection, and a
 * server that makes no garbage has none for a long time.
 */
export function allowCollecting(): void {
  setFlagsFromString("--expose-gc");
  globalThis.gc = runInNewContext("gc") as NonNullable<typeof globalThis.gc>;
}
