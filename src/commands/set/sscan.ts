/** SSCAN. */

import { integer, key, optional, pattern } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { SET } from "../../types/type.js";
import { scanCollection } from "../collection-scan.js";

export const sscan = command({
  name: "sscan",
  group: "set",
  since: "2.8.0",
  summary: "Goes through the members of a set, some with each call",
  complexity: "O(1) for each call, O(N) for all of them, N being the number of members",
  flags: ["readonly"],
  args: [
    key("key", ["RO", "access"]),
    integer("cursor"),
    optional(pattern("pattern", { token: "MATCH" })),
    optional(integer("count", { token: "COUNT" })),
  ],
  tips: ["nondeterministic_output"],
  run(call) {
    const { sets } = call.engine.keyspace;
    scanCollection(call, SET, (ref, cursor, count, visit) => sets.scan(ref, cursor, count, visit));
  },
});
