import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { orderByKey } from "#tidemark/util/sort-by-key.js";

const key = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 }), fc.constant(-0));
const keys = fc.oneof(
  fc.array(key, { maxLength: 20 }),
  fc.array(key, { minLength: 256, maxLength: 600, size: "max" }),
);

test("many and few keys come in the order that comparing gives, equal ones by comparison or as they were", () => {
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 5 }), (values, kinds) => {
      const compare = (a: number, b: number): number => (a % kinds) - (b % kinds);
      const expected = values
        .map((_, at) => at)
        .sort((a, b) =>
          values[a] === values[b] ? compare(a, b) || a - b : values[a]! < values[b]! ? -1 : 1,
        );
      assert.deepEqual([...orderByKey(Float64Array.from(values), compare)], expected);
    }),
  );
});
