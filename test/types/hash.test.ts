/** Hashes against plain Maps, in both encodings, with snapshots opened, read and closed in between. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import { Arena } from "#tidemark/memory/arena.js";
import { type EntryReader, NEVER } from "#tidemark/memory/entry.js";
import { forEachField, type HashLimits } from "#tidemark/types/hash.js";
import { packedBytes } from "#tidemark/types/packed.js";
import { Text } from "#tidemark/types/text.js";
import { typeOf } from "#tidemark/types/types.js";
import { SeededChance } from "../support/chance.js";
import { CollectionWorld, slice } from "./collection-world.js";

const LIMITS = { "hash-max-listpack-entries": 12, "hash-max-listpack-value": 40 };

type Model = Map<string, string>;

const show = (text: Text): string => text.copy().toString("latin1");

class World extends CollectionWorld<Model> {
  constructor(private readonly longest = LIMITS["hash-max-listpack-value"]) {
    super(new Map(), ({ hashes }, key) => hashes.create(key, { access: 0, expiry: NEVER }));
  }

  protected copyOf(model: Model): Model {
    return new Map(model);
  }

  protected contentOf(entries: EntryReader, ref: number): Model {
    const content: Model = new Map();
    forEachField(entries, ref, (field, value) => {
      assert.ok(!content.has(show(field)));
      content.set(show(field), show(value));
    });
    return content;
  }

  get limits(): HashLimits {
    return { ...LIMITS, "hash-max-listpack-value": this.longest };
  }

  set(field: string, value: string): void {
    const isNew = this.keyspace.hashes.set(this.hold(), slice(field), slice(value), this.limits);
    assert.equal(isNew, !this.model.has(field));
    this.model.set(field, value);
  }

  remove(field: string): void {
    const removed = this.keyspace.hashes.remove(this.hold(), slice(field));
    assert.equal(removed, this.model.delete(field));
  }

  bulk(count: number): void {
    for (let i = 0; i < count; i++) this.set(`bulk ${i}`, String(i * 1000003));
  }

  thin(count: number): void {
    for (let i = 0; i < count; i++) this.remove(`bulk ${i}`);
  }

  override check(): void {
    super.check();
    const { hashes } = this.keyspace;
    assert.equal(hashes.length(this.ref), this.model.size);
    const value = new Text();
    for (const [field, text] of this.model) {
      assert.ok(hashes.get(this.ref, slice(field), value));
      assert.equal(show(value), text);
    }
    assert.equal(hashes.has(this.ref, slice("no such field")), false);
  }
}

const text = fc.oneof(
  fc.constantFrom("", "a", "b", "0", "-1", "007", "127", "128", "9007199254740993", "-9223372036854775808"),
  fc.integer().map(String),
  fc.string({ maxLength: 50 }),
  fc.constantFrom("x".repeat(300), "y".repeat(2000)),
);
const field = fc.oneof(fc.constantFrom("a", "b", "1", "-5", ""), text);
const expiry = fc.constantFrom(1e12, 2e12, NEVER);
const step = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constant("set" as const), field, text) },
  { weight: 6, arbitrary: fc.tuple(fc.constant("remove" as const), field) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("bulk" as const), fc.constantFrom(3, 700)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("thin" as const), fc.constantFrom(3, 700)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("copy" as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("expire" as const), expiry) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("freeze" as const)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("thaw" as const)) },
);

describe("hashes", () => {
  it("behave like Maps, and snapshots keep what they saw", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const empty = new Keyspace(1, new SeededChance(3)).arena.blocks;
        const world = new World();
        for (const [action, ...args] of steps) {
          (world[action] as (...all: readonly unknown[]) => void).apply(world, args);
        }
        world.check();
        world.end(empty);
      }),
      { numRuns: 150 },
    );
  });

  it("turn into tables at the limits, and not back", () => {
    const world = new World();
    const encoding = (): string => typeOf(4).encoding(world.keyspace.entries, world.ref);
    for (let i = 0; i < 12; i++) world.set(String(i), "x");
    world.set("3", "x".repeat(40));
    assert.equal(encoding(), "listpack");
    world.set("12", "x");
    assert.equal(encoding(), "hashtable");
    for (let i = 0; i < 12; i++) world.remove(String(i));
    assert.equal(encoding(), "hashtable");
    world.check();
    const other = new World();
    other.set("x".repeat(41), "");
    assert.equal(typeOf(4).encoding(other.keyspace.entries, other.ref), "hashtable");
  });

  it("are one block while they are listpacks, without a unit too many", () => {
    const world = new World();
    const { arena, entries } = world.keyspace;
    const before = arena.blocks;
    for (let i = 0; i < 12; i++) world.set(`field ${i}`, `value ${i}`);
    assert.equal(arena.blocks, before);
    const head = entries.valueStart(world.ref) - arena.offset(world.ref);
    assert.equal(arena.sizeOf(world.ref), Arena.roundUp(head + packedBytes(entries, world.ref)));
    const size = arena.sizeOf(world.ref);
    for (let i = 0; i < 10; i++) for (const ms of [1e12, NEVER]) world.expire(ms);
    assert.equal(arena.sizeOf(world.ref), size);
    for (let i = 0; i < 11; i++) world.remove(`field ${i}`);
    assert.ok(arena.sizeOf(world.ref) < size / 2);
    world.check();
  });

  it("may be listpacks of megabytes", () => {
    const world = new World(1 << 26);
    const empty = world.keyspace.arena.blocks - 1;
    world.expire(1e12);
    for (let i = 0; i < 4; i++) world.set(`field ${i}`, "x".repeat(1_000_000 + i));
    world.freeze();
    world.set("field 2", "y".repeat(20_000_000));
    world.expire(NEVER);
    world.copy();
    world.remove("field 0");
    assert.equal(typeOf(4).encoding(world.keyspace.entries, world.ref), "listpack");
    world.check();
    world.end(empty);
  });

  it("keep the promise of the cursor while they change", () => {
    const world = new World();
    const { hashes } = world.keyspace;
    for (let i = 0; i < 3000; i++) world.set(`stays ${i}`, "v");
    const seen = new Map<string, number>();
    let cursor = 0;
    let round = 0;
    do {
      cursor = hashes.scan(world.ref, cursor, 50, (each) => {
        seen.set(show(each), (seen.get(show(each)) ?? 0) + 1);
      });
      // It grows over a split, then shrinks below a merge.
      for (let i = 0; i < 100; i++) {
        if (round < 30) world.set(`comes ${round * 100 + i}`, "v");
        else world.remove(`comes ${(round - 30) * 100 + i}`);
      }
      round++;
    } while (cursor !== 0);
    for (let i = 0; i < 3000; i++) assert.equal(seen.get(`stays ${i}`), 1);
  });

  it("are copied piece by piece under a snapshot, not as a whole", () => {
    const world = new World();
    world.bulk(20_000);
    world.freeze();
    const before = world.keyspace.arena.copiedBytes;
    world.set("one more", "v");
    assert.ok(world.keyspace.arena.copiedBytes - before < 20_000);
    world.thaw();
  });
});
