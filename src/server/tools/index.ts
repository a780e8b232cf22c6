/** The programs beside the server, by the name that follows `tidemark` on the command line. */

import type { Tool } from "./tool.js";

/** Each is loaded when it is asked for, since a server needs none of them. */
export const tools: ReadonlyMap<string, () => Promise<Tool>> = new Map<string, () => Promise<Tool>>([
  ["check-aof", async () => (await import("./check-aof.js")).checkAof],
  ["check-rdb", async () => (await import("./check-rdb.js")).checkRdb],
  ["restore", async () => (await import("./restore.js")).restore],
  ["verify", async () => (await import("./verify.js")).verifyTool],
]);
