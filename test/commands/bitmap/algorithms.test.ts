import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Combination, combine } from "#tidemark/commands/bitmap/combine.js";
import { countBits } from "#tidemark/commands/bitmap/population.js";
import { findBit } from "#tidemark/commands/bitmap/search.js";

/** The bits of the bytes as text. */
const bitsOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");

/** Bytes that are mostly the same, so that whole words are; the first bit and the last one of a range in them. */
const ranges = fc
  .tuple(
    fc.constantFrom(0, 255),
    fc.array(fc.constantFrom(-1, -1, -1, 0, 255, 16), { minLength: 1, maxLength: 40 }),
  )
  .map(([usual, bytes]) => Uint8Array.from(bytes, (byte) => (byte === -1 ? usual : byte)))
  .chain((bytes) =>
    fc
      .tuple(fc.nat(bytes.length * 8 - 1), fc.nat(bytes.length * 8 - 1), fc.nat(5))
      .map(([one, other, from]) => ({
        bytes,
        first: Math.min(one, other),
        last: Math.max(one, other),
        from,
      })),
  );

/** The bytes somewhere in a larger buffer, aligned or not. */
function placed(bytes: Uint8Array, from: number): Uint8Array {
  const larger = new Uint8Array(from + bytes.length + 3).fill(0x5a);
  larger.set(bytes, from);
  return larger;
}

/** All pieces of a combination together. */
function combined(kind: Combination, sources: readonly Uint8Array[]): number[] {
  const result: number[] = [];
  combine(kind, sources, (bytes, length, at) => {
    assert.equal(at, result.length);
    result.push(...bytes.subarray(0, length));
  });
  return result;
}

test("countBits counts the ones of a range of bits", () => {
  const property = fc.property(ranges, ({ bytes, first, last, from }) => {
    const ones = bitsOf(bytes)
      .slice(first, last + 1)
      .replaceAll("0", "").length;
    assert.equal(countBits(placed(bytes, from), from, first, last), ones);
  });
  fc.assert(property, { numRuns: 1000 });
});

test("findBit finds the first bit of a kind in a range of bits", () => {
  const property = fc.property(ranges, fc.constantFrom(0, 1), ({ bytes, first, last, from }, bit) => {
    const at = bitsOf(bytes)
      .slice(first, last + 1)
      .indexOf(String(bit));
    assert.equal(findBit(placed(bytes, from), from, first, last, bit), at === -1 ? -1 : first + at);
  });
  fc.assert(property, { numRuns: 1000 });
});

const folds: Record<Combination, (a: number, b: number) => number> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => ~a & 255,
};

test("combine folds strings of any length and place, a shorter one going on with zeros", () => {
  const source = fc.tuple(fc.uint8Array({ maxLength: 30 }), fc.nat(3)).map(([bytes, from]) => {
    return placed(bytes, from).subarray(from, from + bytes.length);
  });
  const combinations = fc.constantFrom<Combination>("and", "or", "xor", "not");
  const property = fc.property(
    combinations,
    fc.array(source, { minLength: 1, maxLength: 4 }),
    (kind, all) => {
      const sources = kind === "not" ? all.slice(0, 1) : all;
      const longest = Math.max(...sources.map((bytes) => bytes.length));
      const padded = sources.map((bytes) => Array.from({ length: longest }, (_, at) => bytes[at] ?? 0));
      const expected = Array.from({ length: longest }, (_, at) => {
        const column = padded.map((bytes) => bytes[at]!);
        return kind === "not" ? folds.not(column[0]!, 0) : column.reduce(folds[kind]);
      });
      assert.deepEqual(combined(kind, sources), expected);
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test("combine goes on where a piece ends, also behind the end of a source", () => {
  const long = Uint8Array.from({ length: 50_001 }, (_, at) => at * 7);
  const short = Uint8Array.from({ length: 20_003 }, (_, at) => at * 13);
  assert.deepEqual(
    combined("xor", [short, long]),
    Array.from(long, (byte, at) => byte ^ (short[at] ?? 0)),
  );
  assert.deepEqual(
    combined("and", [long, short]),
    Array.from(long, (byte, at) => byte & (short[at] ?? 0)),
  );
});
