/** SSCAN. */

import { command } from "../../engine/command.js";
import { SET } from "../../types/type.js";
import { COLLECTION_SCAN, scanCollection } from "../collection-scan.js";

export const sscan = command({
  name: "sscan",
  group: "set",
  summary: "Goes through the members of a set, some with each call",
  complexity: "O(1) for each call, O(N) for all of them, N being the number of members",
  ...COLLECTION_SCAN,
  run(call) {
    const { sets } = call.engine.keyspace;
    scanCollection(call, SET, (ref, cursor, count, visit) => sets.scan(ref, cursor, count, visit));
  },
});
