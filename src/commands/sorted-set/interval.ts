/** Ranges of a sorted set as intervals of ranks: what every command that takes a range works on. */

import type { Call } from "../../engine/call.js";
import { fail } from "../../engine/errors.js";
import type { SortedSet } from "../../types/zset.js";
import { type MemberBound, memberBound, type ScoreBound, scoreBound } from "./bound.js";

/** The ranks from `start` on and below `end`; empty unless `start` is below `end`. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** What a range means in a given set. */
export type Range = (set: SortedSet) => Interval;

const EMPTY: Interval = { start: 0, end: 0 };

export function sizeOf({ start, end }: Interval): number {
  return Math.max(0, end - start);
}

/** From the element of a rank to that of another, both counted from the end if negative. */
export function rankRange(call: Call, startAt: number, stopAt: number): Range {
  const start = call.long(startAt);
  const stop = call.long(stopAt);
  return (set) => {
    const { count } = set;
    const first = Math.max(0, start < 0 ? start + count : start);
    const last = Math.min(count - 1, stop < 0 ? stop + count : stop);
    return first > last ? EMPTY : { start: first, end: last + 1 };
  };
}

/** As `rankRange`, counted from the highest score. */
export function reverseRankRange(call: Call, startAt: number, stopAt: number): Range {
  const range = rankRange(call, startAt, stopAt);
  return (set) => {
    const { start, end } = range(set);
    return { start: set.count - end, end: set.count - start };
  };
}

export function scoreRange(call: Call, minAt: number, maxAt: number): Range {
  const min = scoreBound(call, minAt);
  const max = scoreBound(call, maxAt);
  return (set) => ({
    start: scoresBelow(set, min, min.exclusive),
    end: scoresBelow(set, max, !max.exclusive),
  });
}

export function memberRange(call: Call, minAt: number, maxAt: number): Range {
  const min = memberBound(call, minAt);
  const max = memberBound(call, maxAt);
  return (set) => ({ start: membersBelow(set, min, false), end: membersBelow(set, max, true) });
}

/** The argument as an integer that is not below a bound; the same error for what is and for what is none. */
export function atLeast(call: Call, at: number, least: bigint, message: string): number {
  const value = call.integer64(at, () => fail(message));
  if (value < least) throw fail(message);
  return Number(value);
}

function scoresBelow(set: SortedSet, { score }: ScoreBound, orEqual: boolean): number {
  // A range without a bound needs no search for it.
  if (score === Number.POSITIVE_INFINITY && orEqual) return set.count;
  if (score === Number.NEGATIVE_INFINITY && !orEqual) return 0;
  return set.countBelow(score, orEqual);
}

/** How many members lie before the lower bound, or with `upper` up to the upper one. */
function membersBelow(set: SortedSet, bound: MemberBound, upper: boolean): number {
  if (bound.kind !== "member") return bound.kind === "lowest" ? 0 : set.count;
  return set.countMembersBelow(bound.bytes, bound.exclusive !== upper);
}
