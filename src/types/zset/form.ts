/** What both forms of a sorted set, the packed and the indexed one, can do. Ranks begin with 0 at the lowest score. */

import type { Held } from "../../memory/held.js";
import type { Hasher, Key } from "../../memory/key.js";
import type { Element, Visitor } from "./element.js";

/** No such member, for `find`; the same as a listpack's NONE. */
export const ABSENT = -1;

/** Elements in order, also of a frozen snapshot. */
export interface FormReader {
  readonly count: number;
  /** The element of a rank, which must be there; valid until the next call or change. */
  at(rank: number): Element;
  /** Visits `count` elements upwards from a rank on; all of them must be there. The set must not change meanwhile. */
  range(first: number, count: number, visit: Visitor): void;
  /** As `range`, downwards. */
  rangeBackwards(last: number, count: number, visit: Visitor): void;
}

export interface Form extends FormReader {
  /** Becomes the form of that entry, which changes may move. */
  open(held: Held): this;
  /** A handle of the member, valid until the next change, or ABSENT. */
  find(key: Key): number;
  scoreOf(handle: number): number;
  rankOf(key: Key, handle: number): number;
  /** How many elements have a score below the given one, or with `orEqual` one not above it. */
  countBelow(score: number, orEqual: boolean): number;
  /** How many members are below the given one in a set whose scores are all equal. */
  countMembersBelow(member: Uint8Array, orEqual: boolean): number;
  /** Visits some `count` elements or more from the cursor on; gives back the next cursor, 0 at the end. */
  scan(cursor: number, count: number, visit: Visitor): number;
  /** Adds a member that is not there yet. */
  insert(key: Key, score: number): void;
  update(key: Key, handle: number, score: number): void;
  remove(key: Key, handle: number): void;
  /** Takes `count` elements out, from a rank on. */
  removeRange(first: number, count: number, hasher: Hasher): void;
}
