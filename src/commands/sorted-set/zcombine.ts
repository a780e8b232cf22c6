/** ZUNION, ZINTER, ZDIFF and ZINTERCARD. */

import { integer, optional } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { syntaxError } from "../../engine/errors.js";
import type { SortedSet } from "../../types/zset.js";
import { countShared, differenceOf, intersectionOf, unionOf } from "./combination.js";
import { elementReplier, replyElements } from "./elements.js";
import { readInputs } from "./inputs.js";
import { atLeast } from "./interval.js";
import { readOptions, sourceKeys, weighting, withScoresOption } from "./options.js";

const common = { group: "sorted-set", since: "6.2.0", flags: ["readonly"] } as const;

export const zunion = command({
  ...common,
  name: "zunion",
  summary: "Returns the members that any of the sets has",
  complexity: "O(N)+O(M*log(M)), N being the number of members in all sets together, M of those returned",
  args: [...sourceKeys, ...weighting, withScoresOption],
  run(call) {
    const read = readInputs(call, 1);
    const { aggregate, withScores } = readOptions(call, read, { weights: true, withScores: true });
    replySet(call, unionOf(call, read.inputs, aggregate), withScores);
  },
});

export const zinter = command({
  ...common,
  name: "zinter",
  summary: "Returns the members that all of the sets have",
  complexity:
    "O(N*K)+O(M*log(M)), N being the number of members in the smallest set, K of sets, M of members returned",
  args: [...sourceKeys, ...weighting, withScoresOption],
  run(call) {
    const read = readInputs(call, 1);
    const { aggregate, withScores } = readOptions(call, read, { weights: true, withScores: true });
    replySet(call, intersectionOf(call, read.inputs, aggregate), withScores);
  },
});

export const zdiff = command({
  ...common,
  name: "zdiff",
  summary: "Returns the members that the first set has and none of the others",
  complexity:
    "O(N*K)+O(M*log(M)), N being the number of members in the first set, K of sets, M of members returned",
  args: [...sourceKeys, withScoresOption],
  run(call) {
    const read = readInputs(call, 1);
    const { withScores } = readOptions(call, read, { weights: false, withScores: true });
    replySet(call, differenceOf(call, read.inputs), withScores);
  },
});

export const zintercard = command({
  ...common,
  name: "zintercard",
  since: "7.0.0",
  summary: "Counts the members that all of the sets have",
  complexity: "O(N*K), N being the number of members in the smallest set, K of sets",
  args: [...sourceKeys, optional(integer("limit", { token: "LIMIT" }))],
  run(call) {
    const { inputs, end } = readInputs(call, 1);
    call.reply.integer(countShared(call, inputs, readLimit(call, end)));
  },
});

function readLimit(call: Call, from: number): number {
  let limit = 0;
  for (let at = from; at < call.argc; at += 2) {
    if (!call.is(at, "limit") || at + 1 === call.argc) throw syntaxError();
    limit = atLeast(call, at + 1, 0n, "LIMIT can't be negative");
  }
  return limit;
}

/** Replies with a set that no key has, and frees it. */
function replySet(call: Call, set: SortedSet, withScores: boolean): void {
  replyElements(call, set.count, withScores);
  set.complete().visitAll(elementReplier(call, withScores));
  call.engine.keyspace.release(set.entry);
}
