/** EXISTS and TOUCH: which keys are there. */

import { key, multiple } from "../../engine/argument.js";
import { command } from "../../engine/command.js";

const tips = ["request_policy:multi_shard", "response_policy:agg_sum"];

export const exists = command({
  name: "exists",
  group: "generic",
  since: "1.0.0",
  summary: "Counts the given keys that exist, one given twice as two",
  complexity: "O(N), N being the number of keys",
  flags: ["readonly", "fast"],
  args: [multiple(key("key", ["RO"]))],
  tips,
  history: [["3.0.3", "Several `key` arguments are accepted."]],
  run(call) {
    let found = 0;
    for (let at = 1; at < call.argc; at++) if (call.database.inspect(call.key(at)) !== 0) found++;
    call.reply.integer(found);
  },
});

export const touch = command({
  name: "touch",
  group: "generic",
  since: "3.2.1",
  summary: "Marks keys as used just now and counts those that exist",
  complexity: "O(N), N being the number of keys",
  flags: ["readonly", "fast"],
  args: [multiple(key("key", ["RO"]))],
  tips,
  run(call) {
    // That is what it is for, also when the client has asked for CLIENT NO-TOUCH.
    call.engine.keyspace.touching = true;
    let found = 0;
    for (let at = 1; at < call.argc; at++) if (call.database.read(call.key(at)) !== 0) found++;
    call.reply.integer(found);
  },
});
