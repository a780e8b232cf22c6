/** TIME. */

import { command } from "../../engine/command.js";

export const time = command({
  name: "time",
  group: "server",
  since: "2.6.0",
  summary: "Tells the server's time: seconds since 1970, and microseconds of the second",
  complexity: "O(1)",
  flags: ["loading", "stale", "fast"],
  tips: ["nondeterministic_output"],
  run(call) {
    const now = call.engine.platform.clock.nowUs();
    call.reply.array(2);
    call.reply.bulkInteger(Math.floor(now / 1e6));
    call.reply.bulkInteger(now % 1e6);
  },
});
