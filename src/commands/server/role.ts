/** ROLE. */

import { command } from "../../engine/command.js";

export const role = command({
  name: "role",
  group: "server",
  since: "2.8.12",
  summary: "Tells the server's role in replication, where it stands, and who takes part",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale", "fast"],
  categories: ["admin", "dangerous"],
  run({ reply }) {
    // Nothing is replicated yet: the offset stands where it does in Redis before its first replica, and there is none.
    reply.array(3);
    reply.text("master");
    reply.integer(0);
    reply.array(0);
  },
});
