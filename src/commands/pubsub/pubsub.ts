/** PUBSUB: who listens to what. */

import { multiple, optional, pattern, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Flag } from "../../engine/command.js";
import { wrongSubcommand } from "../../engine/errors.js";
import type { Topics } from "../../engine/subscriptions.js";
import { globMatch } from "../../util/glob.js";
import { helpCommand } from "../help.js";

const FLAGS: readonly Flag[] = ["pubsub", "loading", "stale"];

const channels = command({
  name: "channels",
  group: "pubsub",
  since: "2.8.0",
  summary: "Lists the channels that somebody listens to by name",
  complexity: "O(N), N being the number of such channels",
  flags: FLAGS,
  args: [optional(pattern("pattern"))],
  arity: -2,
  run: (call) => replyNames(call, call.engine.pubsub.channel),
});

const numpat = command({
  name: "numpat",
  group: "pubsub",
  since: "2.8.0",
  summary: "Counts the patterns that somebody listens to",
  complexity: "O(1)",
  flags: FLAGS,
  run: (call) => call.reply.integer(call.engine.pubsub.pattern.count),
});

const numsub = command({
  name: "numsub",
  group: "pubsub",
  since: "2.8.0",
  summary: "Counts the listeners of channels, without those that listen by a pattern",
  complexity: "O(N), N being the number of given channels",
  flags: FLAGS,
  args: [optional(multiple(string("channel")))],
  run: (call) => replyCounts(call, call.engine.pubsub.channel),
});

const shardchannels = command({
  name: "shardchannels",
  group: "pubsub",
  since: "7.0.0",
  summary: "Lists the shard channels that somebody listens to",
  complexity: "O(N), N being the number of such channels",
  flags: FLAGS,
  args: [optional(pattern("pattern"))],
  arity: -2,
  run: (call) => replyNames(call, call.engine.pubsub.shard),
});

const shardnumsub = command({
  name: "shardnumsub",
  group: "pubsub",
  since: "7.0.0",
  summary: "Counts the listeners of shard channels",
  complexity: "O(N), N being the number of given shard channels",
  flags: FLAGS,
  args: [optional(multiple(string("shardchannel")))],
  run: (call) => replyCounts(call, call.engine.pubsub.shard),
});

export const pubsub = command({
  name: "pubsub",
  group: "pubsub",
  since: "2.8.0",
  summary: "Asks about channels and their listeners",
  complexity: "Depends on the subcommand",
  subcommands: [channels, helpCommand("pubsub", "6.2.0"), numpat, numsub, shardchannels, shardnumsub],
});

function replyNames(call: Call, topics: Topics): void {
  if (call.argc > 3) throw wrongSubcommand(call.shown(1, 128), "PUBSUB");
  const wanted = call.argc === 3 ? call.view(2) : null;
  const names: Buffer[] = [];
  for (const { name } of topics.all()) {
    if (wanted === null || globMatch(wanted, name, 0, name.length)) names.push(name);
  }
  call.reply.array(names.length);
  for (const name of names) call.reply.bulk(name);
}

function replyCounts(call: Call, topics: Topics): void {
  call.reply.array((call.argc - 2) * 2);
  for (let at = 2; at < call.argc; at++) {
    const name = call.view(at);
    call.reply.bulk(name);
    call.reply.integer(topics.find(call.slice(at))?.clients.size ?? 0);
  }
}
