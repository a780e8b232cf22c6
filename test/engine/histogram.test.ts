import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Histogram } from "#tidemark/engine/histogram.js";

test("percentiles are within one per cent of the calls' own", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 999_999_999 }), { minLength: 1, maxLength: 100 }),
      fc.integer({ min: 1, max: 100 }),
      (nanoseconds, percent) => {
        const histogram = new Histogram();
        for (const ns of nanoseconds) histogram.record(ns / 1000);
        const sorted = nanoseconds.sort((a, b) => a - b);
        const rank = Math.max(1, Math.round((percent / 100) * sorted.length));
        const exact = sorted[rank - 1]!;
        const told = histogram.percentile(percent) * 1000;
        assert.ok(told >= exact - 1 && told <= exact * 1.01 + 1, `${told} for ${exact}`);
      },
    ),
  );
});

test("the rows end where Redis's end, and count all calls", () => {
  const histogram = new Histogram();
  for (const us of [0.5, 3, 3, 9, 33, 34, 1e3, 2e6]) histogram.record(us);
  assert.deepEqual(histogram.cumulative(), [
    [1, 1],
    [4, 3],
    [16, 4],
    [33, 5],
    [66, 6],
    [1056, 7],
    [1082130, 8],
  ]);
});

test("values have the forms that Redis's histograms give them", () => {
  const told = (us: number): number => {
    const histogram = new Histogram();
    histogram.record(us);
    return histogram.percentile(50);
  };
  assert.deepEqual([0.1, 2, 9, 12, 41, 69].map(told), [0.1, 2.007, 9.023, 12.031, 41.215, 69.119]);
});
