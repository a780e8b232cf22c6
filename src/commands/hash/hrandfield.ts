/** HRANDFIELD. */

import { block, integer, key, optional, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, notInteger, syntaxError } from "../../engine/errors.js";
import type { Ref } from "../../memory/memory.js";
import { type Choices, chooseDistinct, chooseRepeated } from "../../types/sample.js";
import { readHash } from "./access.js";

const LONG_MAX = 2n ** 63n - 1n;

export const hrandfield = command({
  name: "hrandfield",
  group: "hash",
  since: "6.2.0",
  summary: "Returns fields of a hash at random",
  complexity: "O(N), N being the number of fields that are returned",
  flags: ["readonly"],
  args: [
    key("key", ["RO", "access"]),
    optional(block("options", [integer("count"), optional(token("withvalues", "WITHVALUES"))])),
  ],
  tips: ["nondeterministic_output"],
  run(call) {
    if (call.argc === 2) replyOne(call);
    else replySome(call);
  },
});

function replyOne(call: Call): void {
  const { keyspace, platform } = call.engine;
  const ref = readHash(call);
  if (ref === 0) {
    call.reply.nil();
    return;
  }
  const { hashes } = keyspace;
  hashes.load(ref, hashes.randomHandle(ref, platform.chance), hashes.shownField, hashes.shown);
  call.reply.bulk(hashes.shownField.bytes, hashes.shownField.start, hashes.shownField.end);
}

function replySome(call: Call): void {
  const count = readCount(call);
  const withValues = call.argc === 4;
  const ref = readHash(call);
  if (ref === 0 || count === 0) {
    call.reply.array(0);
    return;
  }
  const { chance } = call.engine.platform;
  const choices = choicesOf(call, ref);
  const replyField = fieldReplier(call, ref, withValues);
  if (count < 0) {
    replyLength(call, -count, withValues);
    chooseRepeated(choices, -count, chance, replyField);
  } else {
    const chosen = chooseDistinct(choices, count, chance);
    replyLength(call, chosen.length, withValues);
    for (const handle of chosen) replyField(handle);
  }
}

function readCount(call: Call): number {
  const least = -LONG_MAX;
  const count = call.integer64(2, notInteger);
  if (count < least) throw fail(`value is out of range, value must between ${least} and ${LONG_MAX}`);
  if (call.argc > 4 || (call.argc === 4 && !call.is(3, "withvalues"))) throw syntaxError();
  const most = LONG_MAX / 2n;
  if (call.argc === 4 && (count < -most || count > most)) throw fail("value is out of range");
  return Number(count);
}

function choicesOf(call: Call, ref: Ref): Choices {
  const { keyspace, platform } = call.engine;
  const { hashes } = keyspace;
  return {
    size: hashes.length(ref),
    picksQuickly: hashes.picksQuickly(ref),
    all: () => hashes.handles(ref),
    pick: () => hashes.randomHandle(ref, platform.chance),
  };
}

/** RESP3 has an array for each pair, RESP2 a flat one. */
function replyLength(call: Call, fields: number, withValues: boolean): void {
  call.reply.array(withValues && call.reply.version === 2 ? fields * 2 : fields);
}

function fieldReplier(call: Call, ref: Ref, withValues: boolean): (handle: number) => void {
  const { reply, engine } = call;
  const { hashes } = engine.keyspace;
  const { shownField: field, shown: value } = hashes;
  return (handle) => {
    hashes.load(ref, handle, field, value);
    if (withValues && reply.version === 3) reply.array(2);
    reply.bulk(field.bytes, field.start, field.end);
    if (withValues) reply.bulk(value.bytes, value.start, value.end);
  };
}
