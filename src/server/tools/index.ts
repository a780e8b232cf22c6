/** The programs beside the server, by the name that follows `tidemark` on the command line. */

import type { Tool } from "./tool.js";

export const tools: ReadonlyMap<string, Tool> = new Map<string, Tool>([]);
