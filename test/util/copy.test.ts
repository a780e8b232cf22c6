import assert from "node:assert/strict";
import { test } from "node:test";

import { copy, VIEW, viewed } from "#tidemark/util/copy.js";

const content = Array.from({ length: 900 }, (_, i) => i % 251);

test("a copy has every byte, of any length, at any place, with views and without", () => {
  const sources = [Buffer.from(content), viewed(Buffer.from(content)), viewed(new Uint8Array(content))];
  const targets = [Buffer.alloc(900), viewed(Buffer.alloc(900)), viewed(new Uint8Array(900))];
  for (const source of sources) {
    for (const target of targets) {
      for (let length = 0; length < 500; length++) {
        const start = length % 7;
        const at = length % 5;
        target.fill(255);
        copy(source, start, start + length, target, at);
        const wanted = Buffer.alloc(900, 255);
        wanted.set(content.slice(start, start + length), at);
        assert.deepEqual(Buffer.from(target), wanted);
      }
    }
  }
});

test("a large copy from and to shared memory has every byte, wherever in its words it lies", () => {
  const size = 40_000;
  const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7919) % 251));
  const shared = new Uint8Array(new SharedArrayBuffer(size));
  shared.set(bytes);
  const targets = [new Uint8Array(new SharedArrayBuffer(size)), new Uint8Array(size + 3).subarray(3)];
  for (const source of [bytes, shared]) {
    for (const target of targets) {
      for (const length of [32_767, 32_768, 36_001, 39_980]) {
        for (let start = 0; start < 9; start++) {
          const at = (start * 3) % 10;
          target.fill(255);
          copy(source, start, start + length, target, at);
          const wanted = Buffer.alloc(size, 255);
          bytes.copy(wanted, at, start, start + length);
          assert.ok(wanted.equals(target), `${length} bytes from ${start} to ${at}`);
        }
      }
    }
  }
});

test("the view of bytes that lie inside a larger buffer begins where they do", () => {
  const large = Buffer.from(content);
  const inside = viewed(large.subarray(10, 20));
  assert.equal(inside[VIEW].byteLength, 10);
  assert.equal(inside[VIEW].getUint8(0), 10);
});
