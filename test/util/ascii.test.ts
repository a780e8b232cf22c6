import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  bytesOf,
  bytesOfLatin1,
  compareBytes,
  equalBytes,
  equalsIgnoreCase,
  latin1,
  lowerByte,
  quoted,
} from "#tidemark/util/ascii.js";

test("a word is recognised in any case, whole and within its range only", () => {
  const bytes = bytesOf("xGeT1x");
  for (const word of ["get1", bytesOf("get1")]) {
    assert.ok(equalsIgnoreCase(bytes, 1, 5, word));
    assert.ok(!equalsIgnoreCase(bytes, 1, 4, word));
    assert.ok(!equalsIgnoreCase(bytes, 0, 4, word));
  }
});

test("only A to Z have a lower case", () => {
  for (let byte = 0; byte < 256; byte++) {
    const expected = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    assert.equal(lowerByte(byte), expected);
  }
  // "@" and "`" differ by the case bit, as do "[" and "{".
  assert.ok(!equalsIgnoreCase(bytesOf("@["), 0, 2, "`{"));
});

test("latin-1 keeps every byte, UTF-8 every character", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(Uint8Array.from(bytesOfLatin1(latin1(all))), all);
  assert.equal(latin1(all, 65, 68), "ABC");
  assert.equal(bytesOf("é").length, 2);
  const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 4);
  shared.set(bytesOf("abcd"));
  assert.equal(latin1(shared, 1, 3), "bc");
});

test("comparison is memcmp's, also beyond the length where the native call takes over", () => {
  const range = fc.uint8Array({ maxLength: 120, max: 3 });
  const shared = new Uint8Array(new SharedArrayBuffer(300));
  fc.assert(
    fc.property(range, range, fc.boolean(), (left, tail, same) => {
      const right = same ? Uint8Array.from([...left, ...tail.subarray(0, 2)]) : tail;
      shared.set(left, 5);
      shared.set(right, 140);
      const expected = Buffer.compare(left, right);
      const order = compareBytes(shared, 5, 5 + left.length, shared, 140, 140 + right.length);
      assert.equal(Math.sign(order), expected);
      assert.equal(equalBytes(shared, 5, 5 + left.length, right, 0, right.length), expected === 0);
    }),
    { numRuns: 1000 },
  );
});

test("the quoted form escapes what is not printable", () => {
  assert.equal(quoted(bytesOf('a"\\\n\r\t\x07\b\0\x7f é')), '"a\\"\\\\\\n\\r\\t\\a\\b\\x00\\x7f \\xc3\\xa9"');
  assert.equal(quoted(bytesOf("foo"), 1, 2), '"o"');
  assert.equal(quoted(new Uint8Array()), '""');
});
