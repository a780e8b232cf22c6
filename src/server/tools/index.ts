/** The programs beside the server, by the name that follows `tidemark` on the command line. */

import { checkAof } from "./check-aof.js";
import { checkRdb } from "./check-rdb.js";
import { restore } from "./restore.js";
import type { Tool } from "./tool.js";
import { verifyTool } from "./verify.js";

export const tools: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  ["check-aof", checkAof],
  ["check-rdb", checkRdb],
  ["restore", restore],
  ["verify", verifyTool],
]);
