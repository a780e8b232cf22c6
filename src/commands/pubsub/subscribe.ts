/** SUBSCRIBE, PSUBSCRIBE and SSUBSCRIBE, and their opposites. */

import { type KeySpec, multiple, optional, pattern, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Flag } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import type { TopicKind } from "../../engine/subscriptions.js";

const FLAGS: readonly Flag[] = ["pubsub", "noscript", "loading", "stale"];

/** Shard channels are no keys, but a cluster has them where it has the key of that name. */
export function shardChannels(lastKey: number): readonly KeySpec[] {
  return [
    {
      flags: ["not_key"],
      begin: { type: "index", index: 1 },
      find: { type: "range", lastKey, step: 1, limit: 0 },
    },
  ];
}

export const subscribe = command({
  name: "subscribe",
  group: "pubsub",
  since: "2.0.0",
  summary: "Listens to channels",
  complexity: "O(N), N being the number of channels",
  flags: FLAGS,
  args: [multiple(string("channel"))],
  whileSubscribed: true,
  run: (call) => listen(call, "channel"),
});

export const psubscribe = command({
  name: "psubscribe",
  group: "pubsub",
  since: "2.0.0",
  summary: "Listens to all channels whose names match patterns",
  complexity: "O(N), N being the number of patterns",
  flags: FLAGS,
  args: [multiple(pattern("pattern"))],
  whileSubscribed: true,
  run: (call) => listen(call, "pattern"),
});

export const ssubscribe = command({
  name: "ssubscribe",
  group: "pubsub",
  since: "7.0.0",
  summary: "Listens to shard channels",
  complexity: "O(N), N being the number of shard channels",
  flags: FLAGS,
  args: [multiple(string("shardchannel"))],
  keySpecs: shardChannels(-1),
  whileSubscribed: true,
  run(call) {
    // A transaction wants one reply for each command. That the older two are allowed there is for old clients.
    if (call.engine.isNested) throw fail("SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
    listen(call, "shard");
  },
});

export const unsubscribe = command({
  name: "unsubscribe",
  group: "pubsub",
  since: "2.0.0",
  summary: "Listens no longer to channels, or to any",
  complexity: "O(N), N being the number of channels",
  flags: FLAGS,
  args: [optional(multiple(string("channel")))],
  whileSubscribed: true,
  run: (call) => ignore(call, "channel"),
});

export const punsubscribe = command({
  name: "punsubscribe",
  group: "pubsub",
  since: "2.0.0",
  summary: "Listens no longer to what matches patterns, or any",
  complexity: "O(N), N being the number of patterns",
  flags: FLAGS,
  args: [optional(multiple(pattern("pattern")))],
  whileSubscribed: true,
  run: (call) => ignore(call, "pattern"),
});

export const sunsubscribe = command({
  name: "sunsubscribe",
  group: "pubsub",
  since: "7.0.0",
  summary: "Listens no longer to shard channels, or to any",
  complexity: "O(N), N being the number of shard channels",
  flags: FLAGS,
  args: [optional(multiple(string("shardchannel")))],
  keySpecs: shardChannels(-1),
  whileSubscribed: true,
  run: (call) => ignore(call, "shard"),
});

function listen(call: Call, kind: TopicKind): void {
  for (let at = 1; at < call.argc; at++) call.engine.pubsub.subscribe(call.client, kind, call.view(at));
}

function ignore(call: Call, kind: TopicKind): void {
  const { engine, client } = call;
  if (call.argc === 1) engine.pubsub.unsubscribeAll(client, kind);
  for (let at = 1; at < call.argc; at++) engine.pubsub.unsubscribe(client, kind, call.view(at));
}
