import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { partialSort } from "#tidemark/util/partial-sort.js";

const numbers = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 200 });

test("the places of the range hold what a full sort puts there", () => {
  fc.assert(
    fc.property(numbers, fc.nat(200), fc.nat(200), (values, start, length) => {
      const items = Uint32Array.from(values);
      const end = Math.min(start + length, items.length);
      partialSort(items, (a, b) => a - b, start, end);
      const sorted = [...values].sort((a, b) => a - b);
      assert.deepEqual([...items.slice(start, end)], sorted.slice(start, end));
      assert.deepEqual(
        [...items].sort((a, b) => a - b),
        sorted,
      );
    }),
  );
});

test("what is outside the range is not sorted", () => {
  let comparisons = 0;
  const items = Uint32Array.from({ length: 10_000 }, (_, at) => (at * 7919) % 10_007);
  const compare = (a: number, b: number): number => {
    comparisons++;
    return a - b;
  };
  partialSort(items, compare, 0, 10);
  assert.ok(comparisons < 60_000, `${comparisons} comparisons`);
});
