/** What the subcommands of MEMORY have in common. */

/** Of those that tell something about the whole server. */
export const TIPS: readonly string[] = [
  "nondeterministic_output",
  "request_policy:all_shards",
  "response_policy:special",
];
