/** SETNX. */

import { key, string } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { NOTIFY_STRING } from "../../keyspace/events.js";

export const setnx = command({
  name: "setnx",
  group: "string",
  since: "1.0.0",
  summary: "Sets a key to a string if there is no such key",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["OW", "insert"]), string("value")],
  deprecated: { since: "2.6.12", replacedBy: "`SET` with the `NX` argument" },
  run(call) {
    const { database, request } = call;
    const key = call.key(1);
    const absent = database.write(key) === 0;
    if (absent) {
      database.setString(key, request.bytes, request.starts[2]!, request.ends[2]!);
      database.changed(key, NOTIFY_STRING, "set");
    }
    call.reply.integer(absent ? 1 : 0);
  },
});
