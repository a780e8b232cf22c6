import assert from "node:assert/strict";
import { test } from "node:test";
import { halfSipHash } from "#tidemark/util/halfsiphash.js";

/** HalfSipHash-c-d, written plainly from the published description, with the numbers of rounds as parameters. */
function reference(
  bytes: Uint8Array,
  key: readonly [number, number],
  compression: number,
  finalization: number,
): number {
  const v = Int32Array.of(key[0], key[1], 0x6c796765 ^ key[0], 0x74656462 ^ key[1]);
  const rotate = (i: number, by: number) => {
    v[i] = (v[i]! << by) | (v[i]! >>> (32 - by));
  };
  const mix = (a: number, b: number, by: number) => {
    v[a]! += v[b]!;
    rotate(b, by);
    v[b]! ^= v[a]!;
  };
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      mix(0, 1, 5);
      rotate(0, 16);
      mix(2, 3, 8);
      mix(0, 3, 7);
      mix(2, 1, 13);
      rotate(2, 16);
    }
  };
  const padded = new Uint8Array((bytes.length & ~3) + 4);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length;
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 4) {
    v[3]! ^= view.getInt32(at, true);
    rounds(compression);
    v[0]! ^= view.getInt32(at, true);
  }
  v[2]! ^= 0xff;
  rounds(finalization);
  return v[1]! ^ v[3]!;
}

const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i);

test("the plain form gives the published HalfSipHash-2-4 vectors", () => {
  // Key 00..07, message 00..n-1, 4-byte results: the first of the vectors published with SipHash.
  const published = ["a9359f5b", "27475ab8", "fa62a603", "8afee704", "2a6e4689"];
  for (const [length, hex] of published.entries()) {
    const result = Buffer.alloc(4);
    result.writeInt32LE(reference(counting(length), [0x03020100, 0x07060504], 2, 4));
    assert.equal(result.toString("hex"), hex);
  }
});

test("the fast form equals the plain one for every length, offset and key", () => {
  for (let length = 0; length < 70; length++) {
    for (let offset = 0; offset < 4; offset++) {
      const bytes = new Uint8Array(length + 8).map((_, i) => Math.imul(i + length, 0x9e3779b1) >>> 24);
      const key = [Math.imul(length, 0x85ebca6b), Math.imul(offset + 1, 0xc2b2ae35)] as const;
      const range = bytes.subarray(offset, offset + length);
      assert.equal(
        halfSipHash(bytes, offset, offset + length, key[0], key[1]),
        reference(range, [key[0] | 0, key[1] | 0], 1, 3),
      );
    }
  }
});

test("a long message takes only the low byte of its length", () => {
  for (const length of [255, 256, 257, 1000])
    assert.equal(halfSipHash(counting(length), 0, length, 7, -9), reference(counting(length), [7, -9], 1, 3));
});

test("one flipped bit of the message changes half of the result's bits", () => {
  let flips = 0;
  let trials = 0;
  for (let sample = 0; sample < 200; sample++) {
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => Math.imul(sample * 16 + i, 0x9e3779b1) >>> 23);
    const before = halfSipHash(bytes, 0, 16, 1, 2);
    for (let bit = 0; bit < 128; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      let changed = before ^ halfSipHash(bytes, 0, 16, 1, 2);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      for (; changed !== 0; changed &= changed - 1) flips++;
      trials += 32;
    }
  }
  assert.ok(Math.abs(flips / trials - 0.5) < 0.005, `${flips / trials}`);
});

test("numbered keys spread evenly over buckets, by the low bits and by the high bits", () => {
  const buckets = 1024;
  const count = 100 * buckets;
  const low = new Uint32Array(buckets);
  const high = new Uint32Array(buckets);
  for (let i = 0; i < count; i++) {
    const key = Buffer.from(`key:${String(i).padStart(12, "0")}`);
    const hash = halfSipHash(key, 0, key.length, 0x12345678, 0x0badcafe);
    low[hash & (buckets - 1)]!++;
    high[hash >>> 22]!++;
  }
  for (const counts of [low, high]) {
    const chi = counts.reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0);
    // 1023 degrees of freedom: mean 1023, standard deviation 45.
    assert.ok(chi > 800 && chi < 1250, `${chi}`);
  }
});
