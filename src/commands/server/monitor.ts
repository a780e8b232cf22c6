/** MONITOR. */

import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";

export const monitor = command({
  name: "monitor",
  group: "server",
  since: "1.0.0",
  summary: "Sends the client a line for every command that the server runs",
  flags: ["admin", "noscript", "loading", "stale"],
  run(call) {
    const { client, engine } = call;
    if (engine.isNested) throw fail("MONITOR isn't allowed for DENY BLOCKING client");
    // As in Redis, a second one is not even answered.
    if (client.monitor || client.replica !== null) return;
    engine.monitors.add(client);
    call.reply.ok();
  },
});
