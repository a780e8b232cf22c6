/** TYPE. */

import { key } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { typeOf } from "../../types/types.js";

export const type = command({
  name: "type",
  group: "generic",
  since: "1.0.0",
  summary: "Names the type of the value at a key",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO"])],
  run(call) {
    const ref = call.database.inspect(call.key(1));
    call.reply.simple(ref === 0 ? "none" : typeOf(call.engine.keyspace.entries.type(ref)).name);
  },
});
