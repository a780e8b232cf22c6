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
  run({ reply, engine }) {
    const { follower } = engine.services;
    if (follower.address !== null) {
      reply.array(5);
      reply.text("slave");
      reply.text(follower.address.host);
      reply.integer(follower.address.port);
      reply.text(follower.state);
      reply.integer(follower.isLinked ? engine.log.offset : -1);
      return;
    }
    const online = engine.services.primary.replicas.filter(({ state }) => state === "online");
    reply.array(3);
    reply.text("master");
    reply.integer(engine.log.offset);
    reply.array(online.length);
    for (const { address, handshake, ackOffset } of online)
      reply.texts([address, String(handshake.port), String(ackOffset)]);
  },
});
