/** Data of every type, size class and encoding, as commands that both servers know. Replayable by its seed. */

import { SeededChance } from "../../support/chance.js";
import type { Argument } from "../../support/wire.js";

export type Line = readonly Argument[];

/** Lengths around which encodings of lengths, strings and listpack entries change. */
const LENGTHS = [0, 1, 5, 20, 21, 44, 63, 64, 65, 127, 128, 1000, 4095, 4096, 16383, 16384, 70_000];
/** Sizes around which collections change their encoding, by default limits. */
const COUNTS = [1, 2, 63, 64, 127, 128, 129, 512, 513, 1500];
const INTEGERS = [
  0, 12, 13, 127, 128, -1, -128, -129, 4095, -4096, 4096, 32767, -32768, 32768, 8388607, -8388609, 2147483647,
  -2147483648, 2147483648,
]
  .map(String)
  .concat("9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808");
const SCORES = [
  "0",
  "1",
  "-1",
  "1.5",
  "3.0000000000000004",
  "1e17",
  "-inf",
  "+inf",
  "4.9406564584124654e-324",
  "1e308",
];

class Generator {
  readonly lines: Line[] = [];

  constructor(readonly chance: SeededChance) {}

  /** Bytes of some length: text that compresses, digits, or noise. */
  text(length: number): Buffer {
    switch (this.chance.below(3)) {
      case 0:
        return Buffer.alloc(length, "abcabcabd");
      case 1:
        return Buffer.from(this.chance.bytes(length));
      default:
        return Buffer.alloc(length, String(this.chance.below(1e9)));
    }
  }

  /** A short element that is different for each `index`. */
  element(index: number): string {
    const kind = this.chance.below(4);
    if (kind === 0) return String(index * 7919 - 20_000);
    if (kind === 1) return `element:${index}:${"x".repeat(this.chance.below(50))}`;
    return kind === 2 ? `e${index}` : `${index}.5`;
  }

  add(...line: Argument[]): void {
    this.lines.push(line);
  }

  /** A command whose elements come in parts that no limit of a request is reached. */
  addAll(name: string, key: string, elements: readonly Argument[]): void {
    for (let at = 0; at < elements.length; at += 400) this.add(name, key, ...elements.slice(at, at + 400));
  }
}

/** The commands. `databases`: over how many the keys are spread. */
export function generatedData(seed: number, databases = 3): Line[] {
  const make = new Generator(new SeededChance(seed));
  for (let database = 0; database < databases; database++) {
    make.add("SELECT", database);
    strings(make);
    for (const count of COUNTS) collections(make, count);
    largeElements(make);
    expiring(make);
  }
  make.add("SELECT", 0);
  return make.lines;
}

function strings(make: Generator): void {
  for (const length of LENGTHS) make.add("SET", `string:${length}`, make.text(length));
  for (const integer of INTEGERS) make.add("SET", `integer:${integer}`, integer);
  for (const length of LENGTHS) make.add("SET", Buffer.concat([Buffer.from("k"), make.text(length)]), "v");
  make.add("APPEND", "appended", "12");
  make.add("SETRANGE", "ranged", 100, "x");
  make.add("SET", make.text(0), "the empty key");
}

function collections(make: Generator, count: number): void {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const elements = indexes.map((index) => make.element(index));
  make.addAll("RPUSH", `list:${count}`, elements);
  make.addAll("SADD", `set:${count}`, elements);
  make.addAll("SADD", `intset:small:${count}`, indexes);
  make.addAll(
    "SADD",
    `intset:wide:${count}`,
    indexes.map((index) => index * 70_000),
  );
  make.addAll(
    "SADD",
    `intset:widest:${count}`,
    indexes.map((index) => `${index}9999999999`),
  );
  make.addAll(
    "HSET",
    `hash:${count}`,
    elements.flatMap((element) => [element, make.element(make.chance.below(999))]),
  );
  make.addAll(
    "ZADD",
    `zset:${count}`,
    elements.flatMap((element) => [make.chance.pick(SCORES), element]),
  );
  make.addAll(
    "ZADD",
    `ranked:${count}`,
    indexes.flatMap((index) => [index - 5, `member:${index}`]),
  );
  make.addAll(
    "ZADD",
    `fractions:${count}`,
    indexes.flatMap((index) => [make.chance.real(), make.element(index)]),
  );
}

/** Every integer and every length as an element of each type. */
function largeElements(make: Generator): void {
  make.add("RPUSH", "list:integers", ...INTEGERS);
  make.add("SADD", "set:integers", ...INTEGERS);
  make.add("HSET", "hash:integers", ...INTEGERS.flatMap((integer) => [integer, integer]));
  make.add("ZADD", "zset:integers", ...INTEGERS.flatMap((integer) => [integer, integer]));
  const texts = LENGTHS.map((length) => make.text(length));
  make.add("RPUSH", "list:lengths", ...texts);
  make.add("SADD", "set:lengths", ...texts);
  make.add("HSET", "hash:lengths", ...texts.flatMap((text) => [text, text]));
  make.add("ZADD", "zset:lengths", ...texts.flatMap((text, index) => [index, text]));
  for (const length of LENGTHS) {
    make.add("RPUSH", `list:of:${length}`, make.text(length));
    make.add("HSET", `hash:of:${length}`, "field", make.text(length));
    make.add("SADD", `set:of:${length}`, make.text(length));
    make.add("ZADD", `zset:of:${length}`, 1, make.text(length));
  }
  // Nodes of a list that grew and shrank at both ends and in the middle.
  for (let index = 0; index < 40; index++)
    make.add("LPUSH", "list:mixed", make.text(make.chance.pick(LENGTHS.slice(0, 14))));
  for (let index = 0; index < 10; index++) make.add("RPUSH", "list:mixed", make.element(index));
}

function expiring(make: Generator): void {
  const times = [4_102_444_800_000, 1e12 * 9, 32_503_680_000_000];
  for (const [index, ms] of times.entries()) {
    make.add("SET", `expires:${index}`, "v", "PXAT", ms);
    make.add("HSET", `hash:expires:${index}`, "f", "v");
    make.add("PEXPIREAT", `hash:expires:${index}`, ms);
  }
}
