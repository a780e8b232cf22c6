import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Crc64 } from "#tidemark/util/crc64.js";
import { LzfCompressor, lzfDecompress } from "#tidemark/util/lzf.js";
import { oracleTest, startOracle } from "../support/oracle.js";

const compressor = new LzfCompressor();

/** The compressed text, or null when it is longer than `room`. */
function compressed(text: Uint8Array, room = text.length + text.length / 32 + 8): Buffer | null {
  const target = Buffer.alloc(Math.floor(room));
  const end = compressor.compress(text, 0, text.length, target, 0, target.length);
  return end === 0 && text.length > 0 ? null : target.subarray(0, end);
}

function restored(packed: Uint8Array, length: number): Buffer | null {
  const target = Buffer.alloc(length);
  return lzfDecompress(packed, 0, packed.length, target, 0, length) ? target : null;
}

/** Texts with much to find in them, near and far. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat(600)), { maxLength: 40 })
  .map((parts) => Buffer.concat(parts.flatMap(([part, times]) => Array(times % 30).fill(Buffer.from(part)))));

test("property: what was compressed comes back, one text after another", () => {
  const texts = fc.oneof(fc.uint8Array({ maxLength: 300 }), repetitive);
  fc.assert(
    fc.property(texts, (text) => {
      assert.deepEqual(restored(compressed(text)!, text.length), Buffer.from(text));
    }),
    { numRuns: 500 },
  );
});

test("a repetition as far back and as long as the format has them", () => {
  for (const distance of [1, 31, 32, 33, 255, 256, 257, 8191, 8192, 8193]) {
    for (const length of [3, 8, 9, 10, 263, 264, 265, 600]) {
      const text = Buffer.alloc(distance + length);
      for (let i = 0; i < distance; i++) text[i] = Math.imul(i, 0x9e3779b1) >>> 24;
      for (let i = distance; i < text.length; i++) text[i] = text[i - distance]!;
      assert.deepEqual(restored(compressed(text)!, text.length), text, `${distance} ${length}`);
    }
  }
});

test("a result that would be too long is refused, and nothing is written behind the limit", () => {
  fc.assert(
    fc.property(repetitive, fc.nat(200), (text, room) => {
      const target = Buffer.alloc(room + 50, 7);
      const end = compressor.compress(text, 0, text.length, target, 0, room);
      assert.ok(end <= room);
      assert.ok(target.subarray(room).every((byte) => byte === 7));
      if (end > 0) assert.deepEqual(restored(target.subarray(0, end), text.length), Buffer.from(text));
    }),
  );
});

test("ranges of shared memory", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3000));
  shared.fill(65, 100, 1100);
  const end = compressor.compress(shared, 100, 1100, shared, 1500, 2000);
  assert.ok(end > 1500 && end < 1540);
  assert.ok(lzfDecompress(shared, 1500, end, shared, 2000, 1000));
  assert.deepEqual(Buffer.from(shared.slice(2000)), Buffer.alloc(1000, 65));
});

test("property: any bytes at all give a text of the length asked for or a refusal, and stay in their range", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(2000), (source, length) => {
      const target = Buffer.alloc(length + 600, 7);
      lzfDecompress(source, 0, source.length, target, 300, length);
      assert.ok(target.subarray(0, 300).every((byte) => byte === 7));
      assert.ok(target.subarray(300 + length).every((byte) => byte === 7));
    }),
    { numRuns: 1000 },
  );
});

test("another length than that of the text is refused", () => {
  const text = Buffer.from("abcabcabcabcabcabc".repeat(20));
  const packed = compressed(text)!;
  assert.equal(restored(packed, text.length - 1), null);
  assert.equal(restored(packed, text.length + 1), null);
  for (let cut = 0; cut < packed.length; cut++)
    assert.equal(restored(packed.subarray(0, cut), text.length), null);
});

/** A length of a DUMP payload in 14 bits. */
function length14(length: number): number[] {
  return [0x40 | (length >>> 8), length & 255];
}

oracleTest("interchange with redis-server", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  const words = ["tide", "mark", "snapshot", "0123456789", "aaaa", "\u00e9\u00e8"];
  for (let round = 0; round < 40; round++) {
    let made = "";
    for (let i = 0; made.length < 200 + round * 90; i++) made += words[(i * i + round) % words.length];
    const text = Buffer.from(made);
    // Theirs through us: type, 0xc3, both lengths, the text.
    await client.call("SET", "k", text);
    const { raw } = await client.reply("DUMP", "k");
    const dump = raw.subarray(raw.indexOf("\r\n") + 2, raw.length - 2);
    assert.equal(dump[1], 0xc3);
    const wide = (at: number): [number, number] =>
      dump[at]! < 0x40 ? [dump[at]!, at + 1] : [((dump[at]! & 63) << 8) | dump[at + 1]!, at + 2];
    const [packedLength, next] = wide(2);
    const [length, start] = wide(next);
    assert.equal(length, text.length);
    assert.deepEqual(restored(dump.subarray(start, start + packedLength), length), text);
    // Ours through them.
    const packed = compressed(text)!;
    const body = Buffer.concat([
      Buffer.from([0, 0xc3, ...length14(packed.length), ...length14(text.length)]),
      packed,
      Buffer.from([10, 0]),
    ]);
    const payload = Buffer.concat([body, new Crc64().update(body).bytes()]);
    await client.call("RESTORE", "r", "0", payload, "REPLACE");
    assert.equal(await client.call("GET", "r"), made);
  }
});
