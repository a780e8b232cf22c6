import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BLOCK_BYTES, RewriteBuffer } from "#tidemark/persistence/rewrite-buffer.js";
import { DiffChannel } from "#tidemark/snapshot/job/diff-channel.js";
import { crc32 } from "#tidemark/util/crc32.js";

const MB = 1024 * 1024;

const PATTERN = Buffer.from(Array.from({ length: 251 }, (_, at) => at));

/** Bytes that tell where they stand. */
function bytes(from: number, length: number): Buffer {
  const start = from % PATTERN.length;
  return Buffer.alloc(length, Buffer.concat([PATTERN.subarray(start), PATTERN.subarray(0, start)]));
}

test("what goes in comes out of the channel and the rest, in order, whatever the sizes", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("add" as const), length: fc.integer({ min: 0, max: 700_000 }) }),
    fc.record({ kind: fc.constantFrom("flow" as const, "take" as const), length: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const buffer = new RewriteBuffer(new DiffChannel(), true);
      const thread = new DiffChannel(buffer.channel.buffer);
      const sent: Buffer[] = [];
      const got: Uint8Array[] = [];
      const take = (): void => void got.push(thread.take() ?? new Uint8Array(0));
      for (const { kind, length } of steps) {
        if (kind === "flow") buffer.flow();
        else if (kind === "take") take();
        else {
          const added = bytes(buffer.total, length);
          buffer.add(added);
          sent.push(added);
        }
      }
      thread.askToStop();
      assert.ok(!thread.isStopped);
      buffer.flow();
      assert.ok(thread.isStopped);
      take();
      buffer.add(Buffer.from("after the end"));
      buffer.flow();
      assert.equal(thread.take(), null, "nothing flows any more");
      const all = Buffer.concat([...got, ...buffer.takeAll()]);
      const expected = Buffer.concat([...sent, Buffer.from("after the end")]);
      assert.ok(all.equals(expected));
      assert.equal(buffer.crc, crc32(expected, 0));
      assert.equal(buffer.length, 0);
    }),
    { numRuns: 30 },
  );
});

test("more than a block waits in several, and memory goes as it flows", () => {
  const buffer = new RewriteBuffer(new DiffChannel(), false);
  const thread = new DiffChannel(buffer.channel.buffer);
  const total = BLOCK_BYTES + 5 * MB;
  for (let at = 0; at < total; at += MB) buffer.add(bytes(at, MB));
  assert.equal(buffer.length, total);
  assert.equal(buffer.memoryBytes, 2 * BLOCK_BYTES);
  let taken = 0;
  for (let left = 100; buffer.length > 0 && left > 0; left--) {
    buffer.flow();
    const piece = Buffer.from(thread.take() ?? []);
    assert.ok(piece.equals(bytes(taken, piece.length)));
    taken += piece.length;
  }
  assert.equal(taken, total);
  assert.equal(buffer.memoryBytes, BLOCK_BYTES);
});
