/** PUBLISH and SPUBLISH. */

import { string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { shardChannels } from "./subscribe.js";

export const publish = command({
  name: "publish",
  group: "pubsub",
  since: "2.0.0",
  summary: "Sends a message to all who listen to a channel",
  complexity:
    "O(N+M), N being the number of clients that have subscribed to the channel and M that of all patterns",
  flags: ["pubsub", "loading", "stale", "fast", "may_replicate"],
  args: [string("channel"), string("message")],
  run(call) {
    call.reply.integer(call.engine.pubsub.publish(call.slice(1), call.slice(2)));
    tellReplicas(call);
  },
});

export const spublish = command({
  name: "spublish",
  group: "pubsub",
  since: "7.0.0",
  summary: "Sends a message to all who listen to a shard channel",
  complexity: "O(N), N being the number of clients that have subscribed to the shard channel",
  flags: ["pubsub", "loading", "stale", "fast", "may_replicate"],
  args: [string("shardchannel"), string("message")],
  keySpecs: shardChannels(0),
  run(call) {
    call.reply.integer(call.engine.pubsub.publishToShard(call.slice(1), call.slice(2)));
    tellReplicas(call);
  },
});

/** Who listens at a replica gets the message, too. */
function tellReplicas(call: Call): void {
  if (!call.engine.log.tellsReplicas) return;
  call.tellReplicas(call.view(0), call.view(1), call.view(2));
}
