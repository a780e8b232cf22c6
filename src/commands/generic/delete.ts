/** DEL and UNLINK. */

import { key, multiple } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { NOTIFY_GENERIC } from "../../keyspace/events.js";

const tips = ["request_policy:multi_shard", "response_policy:agg_sum"];

export const del = command({
  name: "del",
  group: "generic",
  since: "1.0.0",
  summary: "Removes keys with their values",
  complexity: "O(N), N being the number of keys, plus O(M) for each collection of M elements",
  flags: ["write"],
  args: [multiple(key("key", ["RM", "delete"]))],
  tips,
  run: removeKeys,
});

export const unlink = command({
  name: "unlink",
  group: "generic",
  since: "4.0.0",
  summary: "Removes keys at once and frees what is large in the background",
  complexity: "O(1) for each key; the freeing is O(N) in the background for N elements",
  flags: ["write", "fast"],
  args: [multiple(key("key", ["RM", "delete"]))],
  tips,
  run: removeKeys,
});

function removeKeys(call: Call): void {
  const { database } = call;
  let removed = 0;
  for (let at = 1; at < call.argc; at++) {
    const key = call.key(at);
    const ref = database.present(key);
    if (ref === 0) continue;
    database.remove(key, ref);
    database.changed(key, NOTIFY_GENERIC, "del");
    removed++;
  }
  call.reply.integer(removed);
}
