/** The options of SORT and SORT_RO. */

import type { Call } from "../../../engine/call.js";
import { syntaxError } from "../../../engine/errors.js";
import { Pattern } from "./pattern.js";

export interface SortOptions {
  /** Whose values are compared instead of the elements; null for the elements themselves. */
  by: Pattern | null;
  /** A pattern without a star, commonly `nosort`: the elements stay in the order in which they are. */
  unsorted: boolean;
  /** What to return of each element; the element itself when empty. */
  gets: Pattern[];
  descending: boolean;
  /** Text is compared, not numbers. */
  alpha: boolean;
  /** Elements to pass over, and elements to take: all when negative. */
  offset: number;
  limit: number;
  /** The argument that is the destination's key; 0 when there is none. */
  storeAt: number;
}

/** Reads everything behind the key. With `stores` false, STORE is a syntax error. */
export function readOptions(call: Call, stores: boolean): SortOptions {
  const options: SortOptions = {
    by: null,
    unsorted: false,
    gets: [],
    descending: false,
    alpha: false,
    offset: 0,
    limit: -1,
    storeAt: 0,
  };
  for (let at = 2; at < call.argc; at++) {
    const left = call.argc - at - 1;
    if (call.is(at, "asc")) options.descending = false;
    else if (call.is(at, "desc")) options.descending = true;
    else if (call.is(at, "alpha")) options.alpha = true;
    else if (left >= 2 && call.is(at, "limit")) {
      options.offset = call.long(++at);
      options.limit = call.long(++at);
    } else if (left >= 1 && stores && call.is(at, "store")) options.storeAt = ++at;
    else if (left >= 1 && call.is(at, "get")) options.gets.push(new Pattern(call.bytes(++at)));
    else if (left >= 1 && call.is(at, "by")) {
      options.by = new Pattern(call.bytes(++at));
      if (!options.by.hasStar) options.unsorted = true;
    } else throw syntaxError();
  }
  return options;
}

/** The elements that are wanted of `count`, as [start, end). */
export function wantedRange({ offset, limit }: SortOptions, count: number): { start: number; end: number } {
  const start = Math.min(Math.max(offset, 0), count);
  return { start, end: limit < 0 ? count : Math.min(start + limit, count) };
}
