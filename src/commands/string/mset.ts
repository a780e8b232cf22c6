/** MGET, MSET and MSETNX. */

import { block, key, multiple, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { wrongArity } from "../../engine/errors.js";
import { NOTIFY_STRING } from "../../keyspace/events.js";
import { STRING } from "../../types/type.js";

export const mget = command({
  name: "mget",
  group: "string",
  since: "1.0.0",
  summary: "Returns the strings at several keys",
  complexity: "O(N), N being the number of keys",
  flags: ["readonly", "fast"],
  args: [multiple(key("key", ["RO", "access"]))],
  tips: ["request_policy:multi_shard"],
  run(call) {
    const { database, reply, engine } = call;
    reply.array(call.argc - 1);
    for (let at = 1; at < call.argc; at++) {
      const ref = database.read(call.key(at));
      if (ref === 0 || engine.keyspace.entries.type(ref) !== STRING) reply.nil();
      else call.replyValue(ref);
    }
  },
});

export const mset = command({
  name: "mset",
  group: "string",
  since: "1.0.1",
  summary: "Sets several keys to strings at once",
  complexity: "O(N), N being the number of keys",
  flags: ["write", "denyoom"],
  args: [multiple(block("data", [key("key", ["OW", "update"]), string("value")]))],
  tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
  run(call) {
    checkPairs(call);
    setAll(call);
    call.reply.ok();
  },
});

export const msetnx = command({
  name: "msetnx",
  group: "string",
  since: "1.0.1",
  summary: "Sets several keys to strings at once if there is none of them yet",
  complexity: "O(N), N being the number of keys",
  flags: ["write", "denyoom"],
  args: [multiple(block("data", [key("key", ["OW", "insert"]), string("value")]))],
  tips: ["request_policy:multi_shard", "response_policy:agg_min"],
  run(call) {
    checkPairs(call);
    const absent = allAbsent(call);
    if (absent) setAll(call);
    call.reply.integer(absent ? 1 : 0);
  },
});

function checkPairs(call: Call): void {
  if (call.argc % 2 === 0) throw wrongArity(call.command.fullName);
}

function allAbsent(call: Call): boolean {
  for (let at = 1; at < call.argc; at += 2) if (call.database.write(call.key(at)) !== 0) return false;
  return true;
}

function setAll(call: Call): void {
  const { database } = call;
  const { bytes, starts, ends } = call.request;
  for (let at = 1; at < call.argc; at += 2) {
    const key = call.key(at);
    database.setSeenString(key, database.peek(key), bytes, starts[at + 1]!, ends[at + 1]!);
    database.changed(key, NOTIFY_STRING, "set");
  }
}
