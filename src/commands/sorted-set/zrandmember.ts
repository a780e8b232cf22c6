/** ZRANDMEMBER. */

import { block, integer, key, optional, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { below } from "../../platform/chance.js";
import type { SortedSet } from "../../types/zset.js";
import { INT64_MAX } from "../../util/integer.js";
import { readSet } from "./access.js";
import { elementReplier, replyElements } from "./elements.js";

/** The text says bounds of -2^63+1 and 2^63-1; half of that is checked after the syntax. */
const NOT_IN_RANGE = `value is out of range, value must between -${INT64_MAX} and ${INT64_MAX}`;

export const zrandmember = command({
  name: "zrandmember",
  group: "sorted-set",
  since: "6.2.0",
  summary: "Returns members chosen at random",
  complexity: "O(N*log(M)), N being the number of members returned, M of those in the set",
  flags: ["readonly"],
  args: [
    key("key", ["RO", "access"]),
    optional(block("options", [integer("count"), optional(token("withscores", "WITHSCORES"))])),
  ],
  tips: ["nondeterministic_output"],
  run(call) {
    if (call.argc === 2) {
      replyOne(call);
      return;
    }
    const count = readCount(call);
    const withScores = call.argc === 4;
    const set = readSet(call, call.key(1));
    if (set === null || count === 0) call.reply.array(0);
    else if (count < 0) replyAny(call, set, -count, withScores);
    else replyDistinct(call, set, Math.min(count, set.count), withScores);
  },
});

function replyOne(call: Call): void {
  const set = readSet(call, call.key(1));
  if (set === null) call.reply.nil();
  else set.range(below(call.engine.platform.chance, set.count), 1, elementReplier(call, false));
}

function readCount(call: Call): number {
  const count = call.integer64(2);
  if (count < -INT64_MAX) throw fail(NOT_IN_RANGE);
  if (call.argc > 4 || (call.argc === 4 && !call.is(3, "withscores"))) throw syntaxError();
  if (call.argc === 4 && (count < -INT64_MAX / 2n || count > INT64_MAX / 2n)) {
    throw fail("value is out of range");
  }
  return Number(count);
}

/** So many elements, each chosen from all. */
function replyAny(call: Call, set: SortedSet, count: number, withScores: boolean): void {
  const size = set.count;
  replyElements(call, count, withScores);
  const reply = elementReplier(call, withScores);
  for (let left = count; left > 0; left--) set.range(below(call.engine.platform.chance, size), 1, reply);
}

/** So many different elements: those that are left out are chosen where they are fewer. */
function replyDistinct(call: Call, set: SortedSet, count: number, withScores: boolean): void {
  const size = set.count;
  replyElements(call, count, withScores);
  const reply = elementReplier(call, withScores);
  if (count * 2 <= size) {
    for (const rank of differentRanks(call, count, size)) set.range(rank, 1, reply);
    return;
  }
  const left = differentRanks(call, size - count, size);
  let rank = 0;
  set.range(0, size, (element) => {
    if (!left.has(rank++)) reply(element);
  });
}

function differentRanks(call: Call, count: number, size: number): ReadonlySet<number> {
  const ranks = new Set<number>();
  while (ranks.size < count) ranks.add(below(call.engine.platform.chance, size));
  return ranks;
}
