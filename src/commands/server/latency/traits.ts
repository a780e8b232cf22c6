/** What the subcommands of LATENCY have in common. */

import type { Flag } from "../../../engine/command.js";

export const FLAGS: readonly Flag[] = ["admin", "noscript", "loading", "stale"];
/** Of those that tell something. */
export const TIPS: readonly string[] = [
  "nondeterministic_output",
  "request_policy:all_nodes",
  "response_policy:special",
];
