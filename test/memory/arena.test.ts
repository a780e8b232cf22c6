/** The arena against a plain model: what is allocated keeps its bytes, and what is freed is used again. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Arena } from "#tidemark/memory/arena.js";
import { HEADER_BYTES, Memory } from "#tidemark/memory/memory.js";

interface Held {
  readonly ref: number;
  readonly bytes: number;
  readonly mark: number;
}

function fill(arena: Arena, ref: number, bytes: number, mark: number): void {
  const at = arena.offset(ref);
  arena.bytesOf(ref).fill(mark, at + HEADER_BYTES, at + bytes);
}

function holds(arena: Arena, { ref, bytes, mark }: Held): boolean {
  const at = arena.offset(ref);
  return arena
    .bytesOf(ref)
    .subarray(at + HEADER_BYTES, at + bytes)
    .every((byte) => byte === mark);
}

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 16, max: 700 }) },
  { weight: 3, arbitrary: fc.integer({ min: 700, max: 9000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 9000, max: 3_000_000 }) },
);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("allocate" as const), size, mark: fc.nat(255) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("free" as const), at: fc.nat() }) },
);

describe("the arena", () => {
  it("keeps every block's bytes and never hands out one twice", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 300 }), (steps) => {
        const arena = new Arena({ poison: true });
        const held: Held[] = [];
        for (const each of steps) {
          if (each.kind === "allocate") {
            const ref = arena.allocate(each.size);
            assert.ok(arena.sizeOf(ref) >= each.size);
            assert.equal(arena.sizeOf(ref), Arena.roundUp(each.size));
            fill(arena, ref, each.size, each.mark);
            held.push({ ref, bytes: each.size, mark: each.mark });
          } else if (held.length > 0) {
            const [gone] = held.splice(each.at % held.length, 1);
            assert.ok(holds(arena, gone!));
            arena.free(gone!.ref);
          }
        }
        assert.ok(held.every((each) => holds(arena, each)));
        assert.equal(arena.blocks, held.length);
        assert.equal(
          arena.usedBytes,
          held.reduce((sum, { ref }) => sum + arena.sizeOf(ref), 0),
        );
        for (const { ref } of held) arena.free(ref);
        assert.equal(arena.usedBytes, 0);
        assert.equal(arena.blocks, 0);
      }),
      { numRuns: 60 },
    );
  });

  it("lays side by side what is made in turn, in whatever order blocks were freed before", () => {
    const arena = new Arena();
    const blocks = Array.from({ length: 5000 }, () => arena.allocate(48));
    // In an order that has nothing to do with where they are.
    for (let i = 0; i < 4500; i++) arena.free(blocks[(i * 7919) % 5000]!);
    const made = Array.from({ length: 4000 }, () => arena.allocate(48));
    const steps = made.slice(1).filter((ref, index) => ref < made[index]!).length;
    assert.ok(steps < 5, `${steps} times a block lies before the one that was made before it`);
  });

  it("refuses to free a block twice", () => {
    const arena = new Arena();
    const ref = arena.allocate(64);
    arena.free(ref);
    assert.throws(() => arena.free(ref), /freed twice/);
  });

  it("gives memory of one size to another once it is free", () => {
    const arena = new Arena();
    const refs = Array.from({ length: 200_000 }, () => arena.allocate(96));
    const mapped = arena.mappedBytes;
    for (const ref of refs) arena.free(ref);
    for (let i = 0; i < 100_000; i++) arena.allocate(160);
    assert.equal(arena.mappedBytes, mapped);
  });

  it("gives chunks back to the system", () => {
    const arena = new Arena();
    const small = Array.from({ length: 3_000_000 }, () => arena.allocate(96));
    const large = Array.from({ length: 40 }, () => arena.allocate(5_000_000));
    const huge = arena.allocate(100_000_000);
    const mapped = arena.mappedBytes;
    arena.free(huge);
    for (const ref of large) arena.free(ref);
    for (const ref of small) arena.free(ref);
    assert.ok(arena.mappedBytes < mapped / 3, `${arena.mappedBytes} of ${mapped} bytes are still mapped`);
    const again = arena.allocate(96);
    fill(arena, again, 96, 7);
    assert.ok(holds(arena, { ref: again, bytes: 96, mark: 7 }));
  });

  it("forgets everything at a reset", () => {
    const arena = new Arena();
    for (let i = 0; i < 1000; i++) arena.allocate(96);
    arena.reset();
    assert.equal(arena.usedBytes, 0);
    assert.equal(arena.mappedBytes, 0);
    assert.notEqual(arena.allocate(96), 0);
  });

  it("leaves an open snapshot its chunks at a reset", () => {
    const arena = new Arena({ poison: true });
    const held = Array.from({ length: 1000 }, (_, mark) => ({
      ref: arena.allocate(96),
      bytes: 96,
      mark: mark & 255,
    }));
    for (const { ref, bytes, mark } of held) fill(arena, ref, bytes, mark);
    const cut = arena.openCut();
    arena.free(arena.own(held[0]!.ref));
    arena.reset();
    assert.equal(arena.openCuts, 0);
    for (let i = 0; i < 2000; i++) fill(arena, arena.allocate(96), 96, 0xff);
    const memory = new Memory(cut.buffers);
    for (const { ref, bytes, mark } of held) {
      const at = memory.offset(ref);
      assert.ok(
        memory
          .bytesOf(ref)
          .subarray(at + HEADER_BYTES, at + bytes)
          .every((byte) => byte === mark),
      );
    }
    assert.equal(cut.heldBytes, 1000 * 96);
    cut.close();
    while (arena.reap(100)) {}
    assert.equal(arena.blocks, 2000);
  });
});

describe("a block under an open snapshot", () => {
  it("is copied before its first change, and only then", () => {
    const arena = new Arena({ poison: true });
    const old = arena.allocate(64);
    fill(arena, old, 64, 1);
    const cut = arena.openCut();
    assert.equal(arena.isMutable(old), false);
    const copy = arena.own(old);
    assert.notEqual(copy, old);
    assert.ok(holds(arena, { ref: copy, bytes: 64, mark: 1 }));
    assert.equal(arena.own(copy), copy);
    fill(arena, copy, 64, 2);
    assert.ok(holds(arena, { ref: old, bytes: 64, mark: 1 }));
    assert.equal(arena.copiedBytes, 64);
    assert.equal(arena.deferredBytes, 64);
    cut.close();
    while (arena.reap(10)) {}
    assert.equal(arena.deferredBytes, 0);
    assert.equal(arena.blocks, 1);
  });

  it("outlives its freeing until the last snapshot that sees it closes, in any order", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constant("open"),
            fc.constant("allocate"),
            fc.constant("free"),
            fc.constant("close"),
            fc.constant("reap"),
          ),
          {
            minLength: 30,
            maxLength: 200,
          },
        ),
        fc.infiniteStream(fc.nat()),
        (steps, choices) => {
          const next = (bound: number): number => choices.next().value! % bound;
          const arena = new Arena({ poison: true });
          const live: Held[] = [];
          const cuts: { close(): void; sees: Held[] }[] = [];
          let mark = 0;
          for (const each of steps) {
            if (each === "open") {
              const cut = arena.openCut();
              cuts.push({ close: () => cut.close(), sees: [...live] });
            } else if (each === "allocate") {
              const ref = arena.allocate(48);
              mark = (mark + 1) % 200;
              fill(arena, ref, 48, mark);
              live.push({ ref, bytes: 48, mark });
            } else if (each === "free" && live.length > 0) {
              arena.free(live.splice(next(live.length), 1)[0]!.ref);
            } else if (each === "close" && cuts.length > 0) {
              cuts.splice(next(cuts.length), 1)[0]!.close();
            } else if (each === "reap") {
              arena.reap(3);
            }
            for (const { sees } of cuts) assert.ok(sees.every((held) => holds(arena, held)));
          }
          for (const cut of cuts) cut.close();
          while (arena.reap(100)) {}
          assert.equal(arena.blocks, live.length);
          assert.equal(arena.deferredBytes, 0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
