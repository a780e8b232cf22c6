/** HSCAN. */

import { command } from "../../engine/command.js";
import { HASH } from "../../types/type.js";
import { COLLECTION_SCAN, scanCollection } from "../collection-scan.js";

export const hscan = command({
  name: "hscan",
  group: "hash",
  summary: "Goes through the fields of a hash and their values, some with each call",
  complexity: "O(1) for each call, O(N) for all of them, N being the number of fields",
  ...COLLECTION_SCAN,
  run(call) {
    const { hashes } = call.engine.keyspace;
    scanCollection(call, HASH, (ref, cursor, count, visit) => hashes.scan(ref, cursor, count, visit));
  },
});
