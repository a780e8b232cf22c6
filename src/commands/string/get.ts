/** GET. */

import { key } from "../../engine/argument.js";
import { command } from "../../engine/command.js";

export const get = command({
  name: "get",
  group: "string",
  since: "1.0.0",
  summary: "Returns the string at a key",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO", "access"])],
  run(call) {
    const ref = call.readString(call.key(1));
    if (ref === 0) call.reply.nil();
    else call.replyValue(ref);
  },
});
