/** LPOS. */

import { integer, key, optional, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import type { List } from "../../types/list.js";
import { INT64_MAX, INT64_MIN } from "../../util/integer.js";
import { readList } from "./stored.js";

const RANK_ZERO =
  "RANK can't be zero: use 1 to start from the first match, 2 from the second ... " +
  "or use negative to start from the end of the list";
const RANK_LEAST = `value is out of range, value must between ${INT64_MIN + 1n} and ${INT64_MAX}`;

export const lpos = command({
  name: "lpos",
  group: "list",
  since: "6.0.6",
  summary: "Returns the indexes of elements of a list that equal one",
  complexity: "O(N), N being the number of elements that are compared",
  flags: ["readonly"],
  args: [
    key("key", ["RO", "access"]),
    string("element"),
    optional(integer("rank", { token: "RANK" })),
    optional(integer("num-matches", { token: "COUNT" })),
    optional(integer("len", { token: "MAXLEN" })),
  ],
  run(call) {
    const options = readOptions(call);
    const list = readList(call, call.key(1));
    const found = list === null ? [] : search(call, list, options);
    if (options.count === null) {
      if (found.length === 0) call.reply.nil();
      else call.reply.integer(found[0]!);
      return;
    }
    call.reply.array(found.length);
    for (const index of found) call.reply.integer(index);
  },
});

interface Options {
  /** The first match that counts; negative from the tail on. */
  rank: number;
  /** The most matches, 0 for all; null when one is to be replied by itself. */
  count: number | null;
  /** The most comparisons; 0 is no limit. */
  comparisons: number;
}

function readOptions(call: Call): Options {
  const options: Options = { rank: 1, count: null, comparisons: 0 };
  for (let at = 3; at < call.argc; at += 2) {
    const hasValue = at + 1 < call.argc;
    if (hasValue && call.is(at, "rank")) options.rank = readRank(call, at + 1);
    else if (hasValue && call.is(at, "count")) options.count = readLimit(call, at + 1, "COUNT");
    else if (hasValue && call.is(at, "maxlen")) options.comparisons = readLimit(call, at + 1, "MAXLEN");
    else throw syntaxError();
  }
  return options;
}

function readRank(call: Call, at: number): number {
  const rank = call.integer64(at);
  if (rank === INT64_MIN) throw fail(RANK_LEAST);
  if (rank === 0n) throw fail(RANK_ZERO);
  return Number(rank);
}

function readLimit(call: Call, at: number, name: string): number {
  const error = (): Error => fail(`${name} can't be negative`);
  const limit = call.long(at, error);
  if (limit < 0) throw error();
  return limit;
}

function search(call: Call, list: List, { rank, count, comparisons }: Options): number[] {
  const { bytes, starts, ends } = call.request;
  const { cursor, length } = list;
  const fromTail = rank < 0;
  const most = count === 0 ? Number.POSITIVE_INFINITY : (count ?? 1);
  const compared = comparisons === 0 ? length : Math.min(comparisons, length);
  const found: number[] = [];
  let toSkip = Math.abs(rank) - 1;
  cursor.seek(fromTail ? length - 1 : 0);
  for (let at = 0; at < compared && found.length < most; at++) {
    if (cursor.equals(bytes, starts[2]!, ends[2]!) && toSkip-- <= 0)
      found.push(fromTail ? length - 1 - at : at);
    if (fromTail) cursor.previous();
    else cursor.next();
  }
  return found;
}
