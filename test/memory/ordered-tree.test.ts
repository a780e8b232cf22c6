/** The ordered tree against a sorted array: ranks, bounds, splits, joins, and frozen roots. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Arena } from "#tidemark/memory/arena.js";
import { Entries, NEVER } from "#tidemark/memory/entry.js";
import { Hasher } from "#tidemark/memory/key.js";
import { OrderedTree, OrderedTreeReader, refOf, scoreOf } from "#tidemark/memory/ordered-tree.js";
import { SeededChance } from "../support/chance.js";

const TRAITS = { type: 0, encoding: 0, access: 0, expiry: NEVER };
const NOTHING = new Uint8Array(0);

interface Item {
  readonly score: number;
  readonly member: string;
  readonly ref: number;
}

type Shown = readonly [score: number, member: string];

const shown = ({ score, member }: Item): Shown => [score, member];

function isBefore(a: Item, score: number, member: string): boolean {
  return a.score !== score ? a.score < score : Buffer.compare(Buffer.from(a.member), Buffer.from(member)) < 0;
}

/** A tree with a sorted array beside it. */
class Ordered {
  readonly arena = new Arena({ poison: true });
  readonly entries = new Entries(this.arena);
  readonly hasher = new Hasher(new SeededChance(1));
  readonly tree = new OrderedTree(this.arena);
  readonly model: Item[] = [];
  /** Entries made so far: a number for a member that is above all before it. */
  made = 0;

  add(score: number, member: string): void {
    const rank = this.model.filter((item) => isBefore(item, score, member)).length;
    const bytes = Buffer.from(member);
    assert.equal(this.tree.countBefore(score, bytes, 0, bytes.length), rank);
    const item = this.make(score, member);
    this.tree.insert(score, bytes, 0, bytes.length, item.ref);
    this.model.splice(rank, 0, item);
  }

  /** As `add`, where the place is known to be the end: the check of the rank would make this slow. */
  append(score: number, member: string): void {
    const item = this.make(score, member);
    const bytes = Buffer.from(member);
    // Both come to the same place.
    if (this.model.length % 2 === 0) this.tree.append(score, item.ref);
    else this.tree.insert(score, bytes, 0, bytes.length, item.ref);
    this.model.push(item);
  }

  removeAt(rank: number): void {
    const { score, member, ref } = this.model.splice(rank, 1)[0]!;
    const bytes = Buffer.from(member);
    if (this.model.length % 2 === 0) this.tree.removeRange(rank, 1);
    else this.tree.remove(score, bytes, 0, bytes.length);
    this.arena.free(ref);
  }

  removeRange(first: number, count: number): void {
    // The tree does not look at the entries any more.
    for (const { ref } of this.model.splice(first, count)) this.arena.free(ref);
    this.tree.removeRange(first, count);
  }

  /** The same member and score in another entry: what happens to an entry that a snapshot holds. */
  moveAt(rank: number): void {
    const old = this.model[rank]!;
    const item = this.make(old.score, old.member);
    const bytes = Buffer.from(old.member);
    this.tree.remove(old.score, bytes, 0, bytes.length);
    this.tree.insert(item.score, bytes, 0, bytes.length, item.ref);
    this.arena.free(old.ref);
    this.model[rank] = item;
  }

  check(): void {
    const { tree, model } = this;
    assert.equal(tree.count, model.length);
    assert.deepEqual(this.contentOf(tree), model.map(shown));
    for (const score of new Set(model.map((item) => item.score))) {
      assert.equal(tree.countBelow(score, false), model.filter((item) => item.score < score).length);
      assert.equal(tree.countBelow(score, true), model.filter((item) => item.score <= score).length);
    }
  }

  checkRanges(first: number, count: number): void {
    const up: number[] = [];
    this.tree.forEachRun(first, count, (leaf, from, to) => {
      for (let slot = from; slot < to; slot++) up.push(refOf(this.arena, leaf, slot));
    });
    const wanted = this.model.slice(first, first + count).map((item) => item.ref);
    assert.deepEqual(up, wanted);
    const down: number[] = [];
    this.tree.forEachRunBackwards(first + count - 1, count, (leaf, from, to) => {
      for (let slot = to - 1; slot >= from; slot--) down.push(refOf(this.arena, leaf, slot));
    });
    assert.deepEqual(down, wanted.reverse());
  }

  contentOf(tree: OrderedTreeReader): Shown[] {
    const content: Shown[] = [];
    tree.forEachRun(0, tree.count, (leaf, from, to) => {
      for (let slot = from; slot < to; slot++) {
        const member = this.entries.keyBytes(refOf(this.arena, leaf, slot)).toString();
        content.push([scoreOf(this.arena, leaf, slot), member]);
      }
    });
    return content;
  }

  empty(): void {
    while (this.model.length > 0) this.removeAt(this.model.length >>> 1);
    this.tree.free();
  }

  private make(score: number, member: string): Item {
    const key = this.hasher.key(Buffer.from(member));
    this.made++;
    return { score, member, ref: this.entries.createString(key, NOTHING, 0, 0, TRAITS) };
  }
}

const score = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true }), fc.constant(Infinity));

const change = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("add" as const), score, member: fc.nat(100_000) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("remove" as const), at: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("move" as const), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("append" as const), count: fc.nat(500) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("cut" as const), at: fc.nat(), count: fc.nat(400) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("range" as const), at: fc.nat(), count: fc.nat(1500) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("open" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const), at: fc.nat() }) },
);

describe("an ordered tree", () => {
  it("agrees with a sorted array under random changes, and frozen roots stay as they were", () => {
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 10, maxLength: 120 }),
        fc.nat(),
        fc.nat(),
        (changes, a, b) => {
          const ordered = new Ordered();
          const cuts: { close(): void; root: number; model: Shown[] }[] = [];
          for (const each of changes) {
            const length = ordered.model.length;
            if (each.kind === "add") ordered.add(each.score, `m${each.member}:${length}`);
            if (each.kind === "remove" && length > 0) ordered.removeAt(each.at % length);
            if (each.kind === "move" && length > 0) ordered.moveAt(each.at % length);
            if (each.kind === "append" && ordered.model.at(-1)?.score !== Infinity) {
              for (let i = 0; i < each.count; i++) ordered.append(Number.MAX_VALUE, `z${1e9 + ordered.made}`);
            }
            if (each.kind === "cut") {
              for (let i = 0; i < each.count && ordered.model.length > 0; i++) {
                ordered.removeAt(each.at % ordered.model.length);
              }
            }
            if (each.kind === "range" && length > 0) {
              const first = each.at % length;
              ordered.removeRange(first, Math.min(each.count, length - first));
            }
            if (each.kind === "open") {
              const cut = ordered.arena.openCut();
              cuts.push({
                close: () => cut.close(),
                root: ordered.tree.root,
                model: ordered.model.map(shown),
              });
            }
            if (each.kind === "close" && cuts.length > 0) cuts.splice(each.at % cuts.length, 1)[0]!.close();
            ordered.arena.reap(20);
          }
          ordered.check();
          if (ordered.model.length > 0) {
            const first = a % ordered.model.length;
            ordered.checkRanges(first, b % (ordered.model.length - first + 1));
          }
          for (const { root, model } of cuts) {
            assert.deepEqual(ordered.contentOf(new OrderedTreeReader(ordered.arena, root)), model);
          }
          for (const cut of cuts) cut.close();
          while (ordered.arena.reap(1000)) {}
          ordered.empty();
          assert.equal(ordered.arena.blocks, 0, "every block has been freed once");
        },
      ),
      { numRuns: 120 },
    );
  });

  it("keeps order and ranks through splits at both ends and in the middle, and joins nodes that empty", () => {
    for (const place of ["end", "start", "middle"] as const) {
      const ordered = new Ordered();
      for (let i = 0; i < 6000; i++) {
        // In the middle, scores come closer to 0 from both sides.
        const score = place === "end" ? i : place === "start" ? -i : (-1) ** i / (i + 1);
        ordered.tree.insert(score, NOTHING, 0, 0, i + 1);
      }
      assert.equal(ordered.tree.count, 6000);
      const used = ordered.tree.nodeBytes;
      // 6000 elements of twelve bytes; half-full nodes need twice that.
      assert.ok(used < 6000 * 12 * (place === "end" ? 1.2 : 2.3), `${used} bytes for ${place}`);
      for (let i = 0; i < 5900; i++) ordered.tree.removeRange((i * 7919) % ordered.tree.count, 1);
      assert.ok(ordered.tree.nodeBytes < used / 10, `${ordered.tree.nodeBytes} bytes are left of ${used}`);
      for (let i = 0; i < 100; i++) ordered.tree.removeRange(0, 1);
      assert.equal(ordered.tree.count, 0);
      assert.equal(ordered.arena.blocks, 1);
    }
  });

  it("removes ranges of any size at any place, and what is left is as full as before", () => {
    for (const [first, count] of [
      [0, 20_000],
      [0, 19_999],
      [1, 19_999],
      [1, 19_998],
      [0, 61],
      [5000, 4000],
      [19_990, 10],
    ] as const) {
      const ordered = new Ordered();
      for (let i = 0; i < 20_000; i++) ordered.append(Math.floor(i / 5000), `m${100_000 + i}`);
      const full = ordered.tree.nodeBytes;
      ordered.removeRange(first, count);
      ordered.check();
      assert.ok(ordered.tree.nodeBytes < full * (1 - count / 20_000) + 10_000);
      for (let i = 0; i < 100; i++) ordered.append(7, `m${100_000 + i}`);
      ordered.check();
      ordered.empty();
      assert.equal(ordered.arena.blocks, 0);
    }
  });

  it("finds members among equal scores, whichever node they are in", () => {
    const ordered = new Ordered();
    const name = (i: number): string => `member:${String(i).padStart(6, "0")}`;
    for (let i = 0; i < 5000; i++) ordered.append(7, name(i * 2));
    for (let i = 0; i < 5000; i += 13) {
      for (const [member, rank] of [
        [name(i * 2), i],
        [name(i * 2 + 1), i + 1],
      ] as const) {
        const bytes = Buffer.from(member);
        assert.equal(ordered.tree.countBefore(7, bytes, 0, bytes.length), rank);
        assert.equal(ordered.tree.countBefore(6, bytes, 0, bytes.length), 0);
        assert.equal(ordered.tree.countBefore(8, bytes, 0, bytes.length), 5000);
      }
    }
    assert.equal(ordered.tree.countBelow(7, false), 0);
    assert.equal(ordered.tree.countBelow(7, true), 5000);
  });

  it("copies a node of each level for a change while a snapshot is open, not more", () => {
    const ordered = new Ordered();
    for (let i = 0; i < 20_000; i++) ordered.append(i, `m${i}`);
    const cut = ordered.arena.openCut();
    ordered.tree.removeRange(10_000, 1);
    assert.ok(ordered.arena.copiedBytes <= 768 + 2 * 1280, `${ordered.arena.copiedBytes} bytes are copied`);
    cut.close();
  });
});
