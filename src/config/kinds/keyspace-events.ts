/** The `notify-keyspace-events` directive: which keyspace events are published, a letter for each class. */

import { type Kind, Refusal } from "../directive.js";
import { quote } from "../parse.js";
import { scalar } from "./scalar.js";

/** Bits of the directive's value. */
export const KeyspaceEvents = {
  /** To channels named after the key. */
  keyspace: 1 << 0,
  /** To channels named after the event. */
  keyevent: 1 << 1,
  generic: 1 << 2,
  string: 1 << 3,
  list: 1 << 4,
  set: 1 << 5,
  hash: 1 << 6,
  sortedSet: 1 << 7,
  expired: 1 << 8,
  evicted: 1 << 9,
  stream: 1 << 10,
  keyMiss: 1 << 11,
  module: 1 << 12,
  newKey: 1 << 13,
} as const;

/** The classes that `A` stands for, in the order in which they are shown. */
const IN_ALL: readonly (readonly [string, number])[] = [
  ["g", KeyspaceEvents.generic],
  ["$", KeyspaceEvents.string],
  ["l", KeyspaceEvents.list],
  ["s", KeyspaceEvents.set],
  ["h", KeyspaceEvents.hash],
  ["z", KeyspaceEvents.sortedSet],
  ["x", KeyspaceEvents.expired],
  ["e", KeyspaceEvents.evicted],
  ["t", KeyspaceEvents.stream],
  ["d", KeyspaceEvents.module],
];
/** `n` is shown only beside single classes, never beside `A`: Redis's own irregularity. */
const NEW_KEY = ["n", KeyspaceEvents.newKey] as const;
const ALWAYS_SHOWN: readonly (readonly [string, number])[] = [
  ["K", KeyspaceEvents.keyspace],
  ["E", KeyspaceEvents.keyevent],
  ["m", KeyspaceEvents.keyMiss],
];
const ALL = IN_ALL.reduce((bits, [, bit]) => bits | bit, 0);
const LETTERS: ReadonlyMap<string, number> = new Map([["A", ALL], ...IN_ALL, NEW_KEY, ...ALWAYS_SHOWN]);

function letters(bits: number, table: readonly (readonly [string, number])[]): string {
  return table.map(([letter, bit]) => ((bits & bit) !== 0 ? letter : "")).join("");
}

function format(bits: number): string {
  const classes = (bits & ALL) === ALL ? "A" : letters(bits, [...IN_ALL, NEW_KEY]);
  return classes + letters(bits, ALWAYS_SHOWN);
}

/** Letters in any order; the value is their bits. */
export const keyspaceEvents: Kind<number> = scalar(
  "letters of Ag$lshzxeKEtmdn",
  (argument) => {
    let bits = 0;
    for (const letter of argument) {
      const bit = LETTERS.get(letter);
      if (bit === undefined) throw new Refusal("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
      bits |= bit;
    }
    return bits;
  },
  format,
  (bits) => quote(format(bits)),
);
