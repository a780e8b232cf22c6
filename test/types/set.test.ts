/** Sets against plain Sets, in all encodings, with snapshots opened, read and closed in between. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import { type EntryReader, NEVER } from "#tidemark/memory/entry.js";
import { type Choices, chooseDistinct, chooseRepeated } from "#tidemark/types/sample.js";
import { forEachMember } from "#tidemark/types/set.js";
import { Text } from "#tidemark/types/text.js";
import { latin1 } from "#tidemark/util/ascii.js";
import type { Slice } from "#tidemark/util/slice.js";
import { SeededChance } from "../support/chance.js";
import { CollectionWorld, slice } from "./collection-world.js";

const LIMITS = {
  "set-max-intset-entries": 16,
  "set-max-listpack-entries": 12,
  "set-max-listpack-value": 40,
};

const show = ({ bytes, start, end }: Slice): string => latin1(bytes, start, end);

class World extends CollectionWorld<Set<string>> {
  constructor() {
    super(new Set(), ({ sets }, key) => sets.createIntset(key, { access: 0, expiry: NEVER }));
  }

  protected copyOf(model: Set<string>): Set<string> {
    return new Set(model);
  }

  protected contentOf(entries: EntryReader, ref: number): Set<string> {
    const content = new Set<string>();
    forEachMember(entries, ref, (member) => {
      assert.ok(!content.has(show(member)));
      content.add(show(member));
    });
    return content;
  }

  add(member: string): void {
    const added = this.keyspace.sets.add(this.hold(), slice(member), LIMITS);
    assert.equal(added, !this.model.has(member));
    this.model.add(member);
  }

  remove(member: string): void {
    const removed = this.keyspace.sets.remove(this.hold(), slice(member));
    assert.equal(removed, this.model.delete(member));
  }

  bulk(count: number): void {
    for (let i = 0; i < count; i++) this.add(String(i * 1000003));
  }

  thin(count: number): void {
    for (let i = 0; i < count; i++) this.remove(String(i * 1000003));
  }

  pop(): void {
    if (this.model.size === 0) return;
    const member = new Text();
    const { sets } = this.keyspace;
    const held = this.hold();
    const handle = sets.randomHandle(held.ref, new SeededChance(this.model.size));
    sets.load(held.ref, handle, member);
    const name = show(member);
    sets.removeHandle(held, handle, member);
    assert.ok(this.model.delete(name));
  }

  override check(): void {
    super.check();
    const { sets } = this.keyspace;
    assert.equal(sets.size(this.ref), this.model.size);
    for (const member of this.model) assert.ok(sets.has(this.ref, slice(member)));
    assert.equal(sets.has(this.ref, slice("no such member")), false);
    const member = new Text();
    const loaded = sets.handles(this.ref).map((handle) => {
      sets.load(this.ref, handle, member);
      return show(member);
    });
    assert.deepEqual(new Set(loaded), this.model);
    assert.equal(loaded.length, this.model.size);
  }
}

const integer = fc.oneof(
  fc.integer({ min: -5, max: 40 }),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const text = fc.oneof(
  fc.constantFrom("", "a", "b", "01", "-0", "9223372036854775808"),
  fc.string({ maxLength: 50 }),
  fc.constantFrom("x".repeat(300), "y".repeat(2000)),
);
/** Runs of integers alone, and of anything. */
const steps = fc.oneof(stepsOf(integer.map(String)), stepsOf(fc.oneof(integer.map(String), text)));

type Step = readonly [
  "add" | "remove" | "bulk" | "thin" | "pop" | "expire" | "copy" | "freeze" | "thaw",
  ...(string | number)[],
];

function stepsOf(member: fc.Arbitrary<string>): fc.Arbitrary<Step[]> {
  const step = fc.oneof(
    { weight: 12, arbitrary: member.map((name): Step => ["add", name]) },
    { weight: 5, arbitrary: member.map((name): Step => ["remove", name]) },
    { weight: 1, arbitrary: fc.constantFrom<Step>(["bulk", 3], ["bulk", 700], ["thin", 3], ["thin", 700]) },
    { weight: 1, arbitrary: fc.constantFrom<Step>(["expire", 1e12], ["expire", 2e12], ["expire", NEVER]) },
    { weight: 5, arbitrary: fc.constantFrom<Step>(["pop"], ["copy"], ["freeze"], ["freeze"], ["thaw"]) },
  );
  return fc.array(step, { maxLength: 40 });
}

describe("sets", () => {
  it("behave like Sets, and snapshots keep what they saw", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const empty = new Keyspace(1, new SeededChance(3)).arena.blocks;
        const world = new World();
        for (const [action, ...args] of all) {
          (world[action] as (...each: readonly unknown[]) => void).apply(world, args);
        }
        world.check();
        world.end(empty);
      }),
      { numRuns: 200 },
    );
  });

  it("become intsets again when asked, if they hold nothing but integers", () => {
    const world = new World();
    for (const member of ["1", "2", "a"]) world.add(member);
    world.keyspace.sets.turnIntoIntset(world.hold(), LIMITS);
    assert.equal(world.keyspace.sets.isIntset(world.ref), false);
    world.remove("a");
    world.keyspace.sets.turnIntoIntset(world.hold(), LIMITS);
    assert.equal(world.keyspace.sets.isIntset(world.ref), true);
    world.check();
  });

  it("keep the promise of the cursor while they change", () => {
    const world = new World();
    const { sets } = world.keyspace;
    for (let i = 0; i < 3000; i++) world.add(`stays ${i}`);
    const seen = new Map<string, number>();
    let cursor = 0;
    let round = 0;
    do {
      cursor = sets.scan(world.ref, cursor, 50, (each) => {
        seen.set(show(each), (seen.get(show(each)) ?? 0) + 1);
      });
      // It grows over a split, then shrinks below a merge.
      for (let i = 0; i < 100; i++) {
        if (round < 30) world.add(`comes ${round * 100 + i}`);
        else world.remove(`comes ${(round - 30) * 100 + i}`);
      }
      round++;
    } while (cursor !== 0);
    for (let i = 0; i < 3000; i++) assert.equal(seen.get(`stays ${i}`), 1);
  });
});

describe("random choices", () => {
  const chance = new SeededChance(11);
  const choices = (size: number, picksQuickly: boolean): Choices => ({
    size,
    picksQuickly,
    all: () => Array.from({ length: size }, (_, at) => at),
    pick: () => Math.floor(chance.real() * size),
  });

  for (const picksQuickly of [true, false])
    for (const count of [1, 3, 9]) {
      it(`of ${count} different elements are fair (${picksQuickly ? "picked" : "listed"})`, () => {
        const hits = new Array<number>(10).fill(0);
        for (let round = 0; round < 5000; round++) {
          const chosen = chooseDistinct(choices(10, picksQuickly), count, chance);
          assert.equal(new Set(chosen).size, count);
          for (const at of chosen) hits[at]!++;
        }
        for (const hit of hits) assert.ok(Math.abs(hit - 500 * count) < 150 + 25 * count, String(hits));
      });
    }

  it("of more than there are give all, in any case different ones", () => {
    assert.deepEqual(chooseDistinct(choices(4, true), 9, chance), [0, 1, 2, 3]);
  });

  it("with repetition are fair", () => {
    for (const picksQuickly of [true, false]) {
      const hits = new Array<number>(10).fill(0);
      chooseRepeated(choices(10, picksQuickly), 10_000, chance, (at) => hits[at]!++);
      for (const hit of hits) assert.ok(Math.abs(hit - 1000) < 150, String(hits));
    }
  });
});
