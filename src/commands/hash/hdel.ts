/** HDEL. */

import { key, multiple, string } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { NOTIFY_HASH } from "../../keyspace/events.js";
import { holdHash, removeIfEmpty, writeHash } from "./access.js";

export const hdel = command({
  name: "hdel",
  group: "hash",
  since: "2.0.0",
  summary: "Removes fields from a hash, and the key with the last of them",
  complexity: "O(N), N being the number of fields that are given",
  flags: ["write", "fast"],
  args: [key("key", ["RW", "delete"]), multiple(string("field"))],
  history: [["2.4.0", "Takes several `field` arguments."]],
  run(call) {
    const { keyspace } = call.engine;
    const key = call.key(1);
    const found = writeHash(call, key);
    let removed = 0;
    if (found !== 0) {
      const held = holdHash(call, key, found);
      for (let at = 2; at < call.argc; at++) if (keyspace.hashes.remove(held, call.slice(at))) removed++;
      if (removed > 0) {
        // Each field counts as a change.
        keyspace.dirty += removed - 1;
        call.database.changed(key, NOTIFY_HASH, "hdel");
        removeIfEmpty(call, key, held);
      }
    }
    call.reply.integer(removed);
  },
});
