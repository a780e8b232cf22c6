/** The programs beside the server, by the name that follows `tidemark` on the command line. */

import type { Tool } from "./tool.js";
import { verifyTool } from "./verify.js";

export const tools: ReadonlyMap<string, Tool> = new Map<string, Tool>([["verify", verifyTool]]);
