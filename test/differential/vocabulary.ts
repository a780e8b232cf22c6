/** The words that random commands are made of: few keys and fields, so that they meet. */

import type { SeededChance } from "../support/chance.js";
import type { Words } from "./template.js";

const KEYS = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "{k", "\x00\xff"];
const INTEGERS = [
  "0",
  "1",
  "-1",
  "2",
  "12",
  "127",
  "128",
  "-129",
  "4095",
  "4096",
  "32767",
  "-32769",
  "65536",
  "8388608",
  "2147483648",
  "-2147483649",
  "9223372036854775807",
  "-9223372036854775808",
];
const TEXTS = [
  "a",
  "b",
  "c",
  "A",
  "",
  "0",
  "1",
  "01",
  "+1",
  "-0",
  "1.5",
  " 1",
  "nan",
  "abc",
  "a\x00b",
  "\xff\xfe",
];
const FLOATS = ["-0", "0", "1", "-1", "0.5", "-2.25", "3", "1e3", "inf", "-inf", "10", "100.75"];
const BAD = ["x", "", "nan", "1.5x", "9223372036854775808", "1 "];
/** Milliseconds since 1970, all of them far in the future. */
const FAR = 4_000_000_000_000;

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const below = (chance: SeededChance, from: number, to: number): number => from + chance.below(to - from);

function element(chance: SeededChance): Buffer {
  const kind = chance.below(20);
  if (kind < 6) return latin1(chance.pick(INTEGERS));
  if (kind < 11) return latin1(String(chance.below(40)));
  if (kind < 17) return latin1(chance.pick(TEXTS));
  if (kind < 19) return latin1(`m${chance.below(300)}`);
  return Buffer.alloc(below(chance, 40, 200), "xyz"[chance.below(3)]);
}

/** Mostly what is expected, now and then what is not. */
const mostly =
  (words: Words, otherwise: readonly string[] = BAD): Words =>
  (chance) =>
    chance.happens(0.02) ? chance.pick(otherwise) : words(chance);

const number = (from: number, to: number): Words => mostly((chance) => String(below(chance, from, to)));

/** Keys that mostly the commands of one type write to. */
const TYPED: Readonly<Record<string, readonly string[]>> = {
  string: ["s0", "s1"],
  bitmap: ["s0", "s1"],
  list: ["l3", "l4"],
  hash: ["h0", "h1"],
  set: ["e0", "e1", "e2"],
  zset: ["z3", "z4", "z5"],
};
const ALL_TYPED = Object.values(TYPED).flat();

/** The words for the commands of a group. */
export function vocabularyOf(group: string): Readonly<Record<string, Words>> {
  const usual = TYPED[group] ?? ALL_TYPED;
  return { ...vocabulary, key: (chance) => latin1(chance.pick(chance.happens(0.8) ? usual : KEYS)) };
}

const vocabulary: Readonly<Record<string, Words>> = {
  /** A key that is a sorted set of equal scores, one that is a list, and one that is a list of numbers; or absent. */
  lexical: (chance) => `z${chance.below(2)}`,
  list: (chance) => `l${chance.below(3)}`,
  numbers: (chance) => `n${chance.below(2)}`,
  numeric: (chance) =>
    chance.happens(0.5) ? String(chance.below(20)) : chance.pick([...FLOATS, ...INTEGERS]),
  /** An element, a member or a value. */
  e: element,
  field: (chance) => (chance.happens(0.2) ? element(chance) : `f${chance.below(12)}`),
  index: number(-12, 12),
  count: number(0, 6),
  signed: number(-6, 6),
  offset: number(0, 70),
  // Of BITCOUNT and BITPOS 7.0 looks at the key before it looks at these.
  byte: (chance) => String(below(chance, -10, 20)),
  bit: mostly((chance) => String(chance.below(2)), ["2", "x"]),
  integer: mostly((chance) => chance.pick(INTEGERS)),
  float: mostly((chance) => chance.pick(FLOATS)),
  // 7.0 writes scores with other digits than 7.2, unless they are so short.
  score: mostly((chance) => chance.pick(FLOATS), ["x", "", "nan", "1.5x"]),
  min: mostly((chance) => (chance.happens(0.3) ? "(" : "") + chance.pick([...FLOATS, "-inf"])),
  max: mostly((chance) => (chance.happens(0.3) ? "(" : "") + chance.pick([...FLOATS, "+inf"])),
  lex: mostly((chance) => chance.pick(["-", "+", "[a", "(a", "[b", "(c", "[m1", "[", "(1"])),
  db: mostly((chance) => String(chance.below(3)), ["99", "-1", "x"]),
  seconds: mostly((chance) => (chance.happens(0.1) ? "1" : String(FAR / 1000 + chance.below(9)))),
  ms: mostly((chance) => (chance.happens(0.1) ? "1" : String(FAR + chance.below(9)))),
  type: mostly((chance) => chance.pick(["u8", "i5", "u1", "i64", "u63", "i16"]), ["u64", "i65", "x"]),
  place: mostly((chance) => (chance.happens(0.5) ? "#" : "") + chance.below(20)),
  pattern: (chance) => chance.pick(["k*", "*", "k*->f1", "f*", "#", "nosort", "k?", "*->f2"]),
  glob: (chance) => chance.pick(["*", "k*", "k[0-3]", "?1", "nothing*"]),
};
