/** A program beside the server that `tidemark NAME ...` runs instead of it, as redis-check-aof is one beside Redis. */

import type { Platform } from "../../platform/platform.js";

/** Takes the arguments behind its name and settles with the exit status. */
export type Tool = (args: readonly string[], platform: Platform) => Promise<number>;
