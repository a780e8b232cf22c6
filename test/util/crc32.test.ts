import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc32, plainCrc32 } from "#tidemark/util/crc32.js";

test("the check value", () => {
  for (const crc of [crc32, plainCrc32]) assert.equal(crc(Buffer.from("123456789")), 0xcbf43926);
});

test("property: both ways agree, in one piece and in two", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
      const whole = plainCrc32(Buffer.concat([first, second]));
      assert.equal(crc32(second, crc32(first)), whole);
      assert.equal(plainCrc32(second, plainCrc32(first)), whole);
    }),
  );
});

test("no bytes change nothing, whatever kind of none they are", () => {
  for (const none of [Buffer.alloc(0), Buffer.alloc(0).subarray(0, 0), Buffer.alloc(9).subarray(4, 4)])
    for (const crc of [crc32, plainCrc32]) assert.equal(crc(none, 0xcbf43926), 0xcbf43926);
});
