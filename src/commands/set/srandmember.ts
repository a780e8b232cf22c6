/** SRANDMEMBER. */

import { integer, key, optional } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { chooseDistinct, chooseRepeated } from "../../types/sample.js";
import { choicesOf, readSet } from "./access.js";

const LONG_MAX = 2n ** 63n - 1n;

export const srandmember = command({
  name: "srandmember",
  group: "set",
  since: "1.0.0",
  summary: "Returns members of a set at random",
  complexity: "O(N), N being the number of members that are returned",
  flags: ["readonly"],
  args: [key("key", ["RO", "access"]), optional(integer("count", { since: "2.6.0" }))],
  tips: ["nondeterministic_output"],
  history: [["2.6.0", "Takes the optional argument `count`."]],
  run(call) {
    if (call.argc > 3) throw syntaxError();
    if (call.argc === 2) replyOne(call);
    else replySome(call);
  },
});

function replyOne(call: Call): void {
  const { keyspace, platform } = call.engine;
  const { sets } = keyspace;
  const ref = readSet(call);
  if (ref === 0) {
    call.reply.nil();
    return;
  }
  sets.load(ref, sets.randomHandle(ref, platform.chance), sets.shown);
  call.reply.bulk(sets.shown.bytes, sets.shown.start, sets.shown.end);
}

function replySome(call: Call): void {
  const { chance } = call.engine.platform;
  const { sets } = call.engine.keyspace;
  const count = readCount(call);
  const ref = readSet(call);
  if (ref === 0 || count === 0) {
    call.reply.array(0);
    return;
  }
  const choices = choicesOf(call, ref);
  const replyMember = (handle: number): void => {
    sets.load(ref, handle, sets.shown);
    call.reply.bulk(sets.shown.bytes, sets.shown.start, sets.shown.end);
  };
  if (count < 0) {
    call.reply.array(-count);
    chooseRepeated(choices, -count, chance, replyMember);
  } else {
    const chosen = chooseDistinct(choices, count, chance);
    call.reply.array(chosen.length);
    for (const handle of chosen) replyMember(handle);
  }
}

function readCount(call: Call): number {
  const count = call.integer64(2);
  if (count < -LONG_MAX) throw fail(`value is out of range, value must between ${-LONG_MAX} and ${LONG_MAX}`);
  return Number(count);
}
