/** Lists against plain arrays: every change, in both encodings, with snapshots opened and closed in between. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import type { Cut } from "#tidemark/memory/arena.js";
import { DictReader } from "#tidemark/memory/dict.js";
import { EntryReader, NEVER } from "#tidemark/memory/entry.js";
import { textOf } from "#tidemark/memory/listpack.js";
import { Memory } from "#tidemark/memory/memory.js";
import {
  forEachNode,
  isCompressed,
  LISTPACK,
  type List,
  ListCursor,
  type ListLimits,
  listType,
} from "#tidemark/types/list.js";
import { SeededChance } from "../support/chance.js";

const NAME = Buffer.from("list");

function elements(memory: Memory, box: number, isNode: boolean): string[] {
  const cursor = new ListCursor(memory);
  cursor.attach(box, isNode);
  const found: string[] = [];
  if (cursor.count === 0) return found;
  cursor.seek(0);
  do found.push(Buffer.from(textOf(cursor.read(), cursor.bytes)).toString("latin1"));
  while (cursor.next());
  return found;
}

interface Frozen {
  readonly cut: Cut;
  readonly root: number;
  readonly model: readonly string[];
}

/** A list at a key of a database, with its model. */
class World {
  readonly keyspace = new Keyspace(1, new SeededChance(3), { poison: true });
  readonly frozen: Frozen[] = [];
  model: string[] = [];
  fill = -2;
  depth = 0;

  get database() {
    return this.keyspace.databases[0]!;
  }

  get limits(): ListLimits {
    return { "list-max-listpack-size": this.fill, "list-compress-depth": this.depth };
  }

  get key() {
    return this.keyspace.key(NAME);
  }

  /** The list, writable; made if there is none. */
  open(): List {
    const { keyspace, database, key } = this;
    const ref = database.peek(key);
    if (ref !== 0) return keyspace.list.open(database.own(key, ref), this.limits);
    const list = keyspace.list.create(key, { access: 0, expiry: NEVER }, this.limits);
    database.put(key, 0, list.entry);
    return list;
  }

  push(atHead: boolean, texts: readonly string[]): void {
    const list = this.open();
    list.expect(
      texts.reduce((sum, text) => sum + text.length, 0),
      texts.length,
    );
    for (const text of texts) {
      list.push(atHead, Buffer.from(`<${text}>`, "latin1"), 1, text.length + 1);
      if (atHead) this.model.unshift(text);
      else this.model.push(text);
    }
  }

  insert(at: number, after: boolean, text: string): void {
    const list = this.open();
    const index = at % this.model.length;
    list.expect(text.length, 1);
    list.cursor.seek(index);
    list.insert(after, Buffer.from(text, "latin1"), 0, text.length);
    this.model.splice(index + (after ? 1 : 0), 0, text);
  }

  replace(at: number, text: string): void {
    const list = this.open();
    const index = at % this.model.length;
    list.expect(text.length, 1);
    list.cursor.seek(index);
    list.replace(Buffer.from(text, "latin1"), 0, text.length);
    this.model[index] = text;
  }

  removeRange(at: number, most: number): void {
    const index = at % this.model.length;
    const count = Math.min(most, this.model.length - index);
    this.open().removeRange(index, count);
    this.model.splice(index, count);
    this.settle();
  }

  removeEqual(at: number, most: number, fromTail: boolean): void {
    const text = this.model[at % this.model.length]!;
    let left = most;
    const keep = (each: string): boolean => each !== text || left-- <= 0;
    const kept = fromTail ? this.model.toReversed().filter(keep).reverse() : this.model.filter(keep);
    const removed = this.open().removeEqual(Buffer.from(text, "latin1"), 0, text.length, most, fromTail);
    assert.equal(removed, this.model.length - kept.length);
    this.model = kept;
    this.settle();
  }

  /** What commands do after elements have gone. */
  settle(): void {
    const list = this.open();
    if (list.length > 0) list.shrink();
    else this.database.remove(this.key, list.entry);
  }

  /** Replaces the list by a copy of it. */
  copy(): void {
    const { database, key } = this;
    const other = this.keyspace.key(Buffer.from("copy"));
    database.copy(database.peek(key), database, other);
    database.rename(other, database.peek(other), database, key);
  }

  openCut(): void {
    if (this.frozen.length === 3) return;
    const cut = this.keyspace.arena.openCut();
    this.frozen.push({ cut, root: this.database.dict.root, model: [...this.model] });
  }

  closeCut(at: number): void {
    const [closed] = this.frozen.splice(at % Math.max(this.frozen.length, 1), 1);
    closed?.cut.close();
    this.keyspace.reclaim(20);
  }

  check(): void {
    for (const { cut, root, model } of this.frozen) {
      const memory = new Memory(cut.buffers);
      const entries = new EntryReader(memory);
      const found: string[][] = [];
      new DictReader(memory, root).forEach((ref) => {
        found.push(elements(memory, entries.box(ref), entries.encoding(ref) === LISTPACK));
      });
      assert.deepEqual(found, model.length === 0 ? [] : [model], "a snapshot changed");
    }
    const ref = this.database.peek(this.key);
    assert.equal(ref !== 0, this.model.length > 0);
    if (ref !== 0) this.checkList(this.keyspace.list.open(ref, this.limits));
  }

  private checkList({ entry, cursor, length }: List): void {
    const { entries, arena } = this.keyspace;
    assert.equal(length, this.model.length);
    const isNode = entries.encoding(entry) === LISTPACK;
    assert.deepEqual(elements(arena, entries.box(entry), isNode), this.model);
    for (const index of [0, length >> 1, length - 1]) {
      cursor.seek(index);
      assert.ok(cursor.equals(Buffer.from(this.model[index]!, "latin1"), 0, this.model[index]!.length));
    }
    for (let at = length - 2; at >= 0; at--) {
      assert.ok(cursor.previous());
      const text = Buffer.from(this.model[at]!, "latin1");
      assert.ok(cursor.equals(text, 0, text.length));
    }
    assert.ok(!cursor.previous());
  }

  /** Nothing is left when the list and the snapshots have gone. */
  end(blocksBefore: number): void {
    while (this.frozen.length > 0) this.closeCut(0);
    if (this.model.length > 0) this.database.remove(this.key, this.database.peek(this.key));
    while (this.keyspace.reclaim(1000)) {}
    assert.equal(this.keyspace.arena.blocks, blocksBefore);
  }
}

const text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("a", "b", "17", "-5000", "9007199254740993", "", "0123", "\u00ff\r\n"),
  },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 300 }).map((length) => "x".repeat(length)) },
  { weight: 1, arbitrary: fc.integer({ min: 3000, max: 20_000 }).map((length) => "y".repeat(length)) },
);
const at = fc.nat(100_000);
const most = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 500 }));
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("push" as const),
      atHead: fc.boolean(),
      texts: fc.array(text, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("bulk" as const),
      atHead: fc.boolean(),
      count: fc.integer({ min: 100, max: 400 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("insert" as const), at, after: fc.boolean(), text }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("replace" as const), at, text }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("range" as const), at, most }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pop" as const), atHead: fc.boolean(), most }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("equal" as const), at, most, fromTail: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("copy" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("fill" as const), fill: fc.constantFrom(-1, -2, 1, 3, 128) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("depth" as const), depth: fc.constantFrom(0, 1, 2, 300) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("open" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("close" as const), at }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function apply(world: World, one: Step): void {
  if (one.kind === "push") world.push(one.atHead, one.texts);
  else if (one.kind === "bulk")
    world.push(
      one.atHead,
      Array.from({ length: one.count }, (_, i) => `n${i % 7}`),
    );
  else if (one.kind === "fill") world.fill = one.fill;
  else if (one.kind === "depth") world.depth = one.depth;
  else if (one.kind === "open") world.openCut();
  else if (one.kind === "close") world.closeCut(one.at);
  else if (world.model.length === 0) return;
  else if (one.kind === "insert") world.insert(one.at, one.after, one.text);
  else if (one.kind === "replace") world.replace(one.at, one.text);
  else if (one.kind === "range") world.removeRange(one.at, one.most);
  else if (one.kind === "pop")
    world.removeRange(one.atHead ? 0 : Math.max(0, world.model.length - one.most), one.most);
  else if (one.kind === "equal") world.removeEqual(one.at, one.most, one.fromTail);
  else world.copy();
}

describe("a list", () => {
  for (const [fill, depth] of [
    [-2, 0],
    [-1, 1],
    [4, 0],
    [20, 2],
    [0, 0],
  ] as const) {
    it(`is an array, also in every open snapshot (list-max-listpack-size ${fill}, depth ${depth})`, () => {
      fc.assert(
        fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
          const world = new World();
          const blocks = world.keyspace.arena.blocks;
          world.fill = fill;
          world.depth = depth;
          for (const one of steps) {
            apply(world, one);
            world.check();
          }
          world.end(blocks);
        }),
        { numRuns: 60 },
      );
    });
  }

  it("splits, fills and empties the leaves of its directory", () => {
    const world = new World();
    const blocks = world.keyspace.arena.blocks;
    world.fill = 1;
    world.push(
      false,
      Array.from({ length: 1500 }, (_, i) => `e${i}`),
    );
    world.push(
      true,
      Array.from({ length: 700 }, (_, i) => `h${i}`),
    );
    world.openCut();
    for (let i = 0; i < 600; i++) world.insert(900 + i, i % 2 === 0, `m${i}`);
    world.check();
    world.openCut();
    for (let i = 0; i < 300; i++) world.removeRange((i * 37) % world.model.length, 3);
    world.check();
    world.removeRange(100, 1500);
    world.check();
    world.end(blocks);
  });

  it("keeps the nodes compressed that are far enough from its ends, and no others", () => {
    const world = new World();
    const blocks = world.keyspace.arena.blocks;
    world.fill = 8;
    world.depth = 2;
    const compressed = (): string => {
      const { arena, entries } = world.keyspace;
      let flags = "";
      forEachNode(entries, world.open().entry, (node) => {
        flags += isCompressed(arena, node) ? "c" : ".";
      });
      return flags;
    };
    const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `element number ${i}`);
    world.push(false, texts(32));
    assert.equal(compressed(), "....");
    world.push(false, texts(24));
    assert.equal(compressed(), "..ccc..");
    world.push(true, texts(8));
    assert.equal(compressed(), "..cccc..");
    world.openCut();
    world.replace(30, "another element, which is not the same");
    world.insert(35, true, "and one that splits a node in two");
    assert.match(compressed(), /^\.\.c+\.\.$/);
    world.removeRange(0, 16);
    assert.match(compressed(), /^\.\.c+\.\.$/);
    world.removeRange(world.model.length - 12, 12);
    assert.match(compressed(), /^\.\.c+\.\.$/);
    world.copy();
    assert.match(compressed(), /^\.\.c+\.\.$/);
    world.check();
    // Random texts cannot be compressed, and short ones are not.
    const chance = new SeededChance(1);
    const random = (bytes: number) => Buffer.from(chance.bytes(bytes)).toString("latin1");
    world.removeRange(0, world.model.length);
    world.push(
      false,
      Array.from({ length: 64 }, () => random(100)),
    );
    assert.equal(compressed(), "........");
    world.end(blocks);
  });

  it("is freed in slices when it has many nodes", () => {
    const world = new World();
    const blocks = world.keyspace.arena.blocks;
    world.fill = 1;
    world.push(
      false,
      Array.from({ length: 3000 }, (_, i) => `e${i}`),
    );
    world.openCut();
    world.database.remove(world.key, world.database.peek(world.key));
    world.model = [];
    assert.equal(world.keyspace.discardedEntries, 1);
    assert.ok(world.keyspace.reclaim(300));
    world.check();
    world.end(blocks);
    assert.equal(world.keyspace.discardedEntries, 0);
  });

  it("gives an element that is too large a node of its own", () => {
    const world = new World();
    const blocks = world.keyspace.arena.blocks;
    const large = "z".repeat(1_200_000);
    world.push(false, ["a", "b", "c", "d", "e"]);
    for (const index of [2, 0, 4]) {
      world.replace(index, large);
      world.check();
    }
    world.replace(2, "small");
    world.push(true, [large]);
    world.insert(3, true, large);
    world.check();
    world.end(blocks);
  });

  it("finds elements of a long list by their index at once", () => {
    const world = new World();
    const list = world.open();
    list.expect(10_000_000, 1_000_000);
    for (let i = 0; i < 1_000_000; i++) list.push(false, Buffer.from(String(i)), 0, String(i).length);
    const indexes = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 1_000_000);
    for (const index of indexes) {
      list.cursor.seek(index);
      assert.equal(list.cursor.read().value, index);
    }
    // Nodes are full: some 8 KiB each, so that a million integers need but few of them.
    let nodes = 0;
    forEachNode(world.keyspace.entries, list.entry, () => nodes++);
    assert.ok(nodes < 700, `${nodes} nodes`);
    const bytes = listType.bytes(world.keyspace.entries, list.entry, 0);
    assert.ok(Math.abs(listType.bytes(world.keyspace.entries, list.entry, 5) / bytes - 1) < 0.1);
  });
});
