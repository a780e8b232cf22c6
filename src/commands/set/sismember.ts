/** SISMEMBER, SMISMEMBER, SCARD and SMEMBERS. */

import { key, multiple, string } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { readSet } from "./access.js";

export const sismember = command({
  name: "sismember",
  group: "set",
  since: "1.0.0",
  summary: "Tells whether something is a member of a set",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO"]), string("member")],
  run(call) {
    const ref = readSet(call);
    call.reply.integer(ref !== 0 && call.engine.keyspace.sets.has(ref, call.slice(2)) ? 1 : 0);
  },
});

export const smismember = command({
  name: "smismember",
  group: "set",
  since: "6.2.0",
  summary: "Tells of several things whether they are members of a set",
  complexity: "O(N), N being the number of members that are asked for",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO", "access"]), multiple(string("member"))],
  run(call) {
    const ref = readSet(call);
    const { sets } = call.engine.keyspace;
    call.reply.array(call.argc - 2);
    for (let at = 2; at < call.argc; at++) {
      call.reply.integer(ref !== 0 && sets.has(ref, call.slice(at)) ? 1 : 0);
    }
  },
});

export const scard = command({
  name: "scard",
  group: "set",
  since: "1.0.0",
  summary: "Counts the members of a set",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO"])],
  run(call) {
    const ref = readSet(call);
    call.reply.integer(ref === 0 ? 0 : call.engine.keyspace.sets.size(ref));
  },
});

export const smembers = command({
  name: "smembers",
  group: "set",
  since: "1.0.0",
  summary: "Returns all members of a set",
  complexity: "O(N), N being the number of members",
  flags: ["readonly"],
  args: [key("key", ["RO", "access"])],
  tips: ["nondeterministic_output_order"],
  run(call) {
    const { sets } = call.engine.keyspace;
    const ref = readSet(call);
    call.reply.set(ref === 0 ? 0 : sets.size(ref));
    if (ref !== 0) sets.replyAll(ref, call.reply);
  },
});
