/** The grammar that ZRANGE, ZRANGESTORE and the older range commands share. */

import type { Call } from "../../engine/call.js";
import { fail, syntaxError } from "../../engine/errors.js";
import type { SortedSet, Visitor } from "../../types/zset.js";
import {
  type Interval,
  memberRange,
  type Range,
  rankRange,
  reverseRankRange,
  scoreRange,
} from "./interval.js";

export type By = "rank" | "score" | "member";

/** What the command's name says already; null where an option may. */
export interface Given {
  readonly by: By | null;
  readonly reverse: boolean | null;
  /** Position of the first bound. */
  readonly at: number;
  readonly takesScores: boolean;
}

/** What of a set is wanted, and how. */
export interface Selection {
  readonly by: By;
  readonly range: Range;
  readonly reverse: boolean;
  readonly withScores: boolean;
  /** Elements to pass over, and elements to take, all of them if negative. */
  readonly offset: number;
  readonly limit: number;
}

class Options {
  withScores = false;
  offset = 0;
  limit = -1;

  constructor(
    public by: By | null,
    public reverse: boolean | null,
  ) {}
}

export function readSelection(call: Call, given: Given): Selection {
  const options = readOptions(call, given);
  const by = options.by ?? "rank";
  if (by === "rank" && options.limit !== -1) {
    throw fail("syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  if (by === "member" && options.withScores) {
    throw fail("syntax error, WITHSCORES not supported in combination with BYLEX");
  }
  const { withScores, limit } = options;
  // A limit of -1 is none, and what stands before it then counts only beside BYSCORE and BYLEX.
  const offset = by === "rank" ? 0 : options.offset;
  const reverse = options.reverse ?? false;
  return { by, range: readRange(call, given.at, by, reverse), reverse, withScores, offset, limit };
}

function readOptions(call: Call, given: Given): Options {
  const options = new Options(given.by, given.reverse);
  for (let at = given.at + 2; at < call.argc; at++) {
    if (given.takesScores && call.is(at, "withscores")) options.withScores = true;
    else if (call.is(at, "limit") && at + 2 < call.argc) {
      options.offset = call.long(++at);
      options.limit = call.long(++at);
    } else if (options.reverse === null && call.is(at, "rev")) options.reverse = true;
    else if (options.by === null && call.is(at, "bylex")) options.by = "member";
    else if (options.by === null && call.is(at, "byscore")) options.by = "score";
    else throw syntaxError();
  }
  return options;
}

/** A reverse range by score or member begins with its upper bound. */
function readRange(call: Call, at: number, by: By, reverse: boolean): Range {
  if (by === "rank") return reverse ? reverseRankRange(call, at, at + 1) : rankRange(call, at, at + 1);
  const min = reverse ? at + 1 : at;
  const max = reverse ? at : at + 1;
  return by === "score" ? scoreRange(call, min, max) : memberRange(call, min, max);
}

/** The ranks that are selected of a set. */
export function intervalOf(set: SortedSet, { range, reverse, offset, limit }: Selection): Interval {
  const { start, end } = range(set);
  const left = end - start - offset;
  if (offset < 0 || left <= 0) return { start: 0, end: 0 };
  const count = limit < 0 ? left : Math.min(left, limit);
  return reverse
    ? { start: end - offset - count, end: end - offset }
    : { start: start + offset, end: start + offset + count };
}

/** Visits the elements of the interval, in the selection's order. */
export function visitInterval(
  set: SortedSet,
  { start, end }: Interval,
  reverse: boolean,
  visit: Visitor,
): void {
  if (reverse) set.rangeBackwards(end - 1, end - start, visit);
  else set.range(start, end - start, visit);
}
