/** HSCAN. */

import { integer, key, optional, pattern } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { HASH } from "../../types/type.js";
import { scanCollection } from "../collection-scan.js";

export const hscan = command({
  name: "hscan",
  group: "hash",
  since: "2.8.0",
  summary: "Goes through the fields of a hash and their values, some with each call",
  complexity: "O(1) for each call, O(N) for all of them, N being the number of fields",
  flags: ["readonly"],
  args: [
    key("key", ["RO", "access"]),
    integer("cursor"),
    optional(pattern("pattern", { token: "MATCH" })),
    optional(integer("count", { token: "COUNT" })),
  ],
  tips: ["nondeterministic_output"],
  run(call) {
    const { hashes } = call.engine.keyspace;
    scanCollection(call, HASH, (ref, cursor, count, visit) => hashes.scan(ref, cursor, count, visit));
  },
});
