/** Databases against plain Maps: every change, with snapshots opened and closed in between. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Database, KEEP_EXPIRY } from "#tidemark/keyspace/database.js";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import type { Cut } from "#tidemark/memory/arena.js";
import { type Dict, DictReader } from "#tidemark/memory/dict.js";
import { EntryReader, NEVER } from "#tidemark/memory/entry.js";
import type { Key } from "#tidemark/memory/key.js";
import { Memory } from "#tidemark/memory/memory.js";
import { SeededChance } from "../support/chance.js";

const NAMES = ["a", "b", "c", "", "k".repeat(254), "k".repeat(255), "k".repeat(3000), "\u00ff\u0000"];
/** What one bulk operation inserts or removes: enough to split and merge segments. */
const BULK = 700;

interface Value {
  readonly text: string;
  readonly expiry: number;
}
type Model = Map<string, Value>;

interface Frozen {
  readonly cut: Cut;
  readonly roots: readonly { readonly dict: number; readonly expires: number; readonly model: Model }[];
}

/** A keyspace of two databases with their models. */
class World {
  readonly keyspace = new Keyspace(2, new SeededChance(7), { poison: true });
  readonly models: [Model, Model] = [new Map(), new Map()];
  readonly frozen: Frozen[] = [];

  database(index: number): Database {
    return this.keyspace.databases[index]!;
  }

  key(name: string): Key {
    return this.keyspace.key(Buffer.from(name, "latin1"));
  }

  /** The entry, which must be there if and only if the model has it. */
  ref(index: number, name: string): number {
    const ref = this.database(index).peek(this.key(name));
    assert.equal(ref !== 0, this.models[index]!.has(name));
    return ref;
  }

  set(index: number, name: string, text: string, expiry: number): void {
    const bytes = Buffer.from(`<<${text}>>`, "latin1");
    this.database(index).setString(this.key(name), bytes, 2, bytes.length - 2, expiry);
    const old = this.models[index]!.get(name)?.expiry ?? NEVER;
    this.models[index]!.set(name, { text, expiry: expiry === KEEP_EXPIRY ? old : expiry });
  }

  /** Gives the string another length and writes its last byte in place. */
  resize(index: number, name: string, length: number): void {
    const database = this.database(index);
    const { entries } = this.keyspace;
    const ref = database.resizeString(this.key(name), this.ref(index, name), length);
    const old = this.models[index]!.get(name) ?? { text: "", expiry: NEVER };
    let text = old.text.slice(0, length).padEnd(length, "\0");
    if (length > 0) {
      entries.valueBytes(ref)[entries.valueStart(ref) + length - 1] = 0x21;
      text = `${text.slice(0, -1)}!`;
    }
    this.models[index]!.set(name, { text, expiry: old.expiry });
  }

  expire(index: number, name: string, expiry: number): void {
    const ref = this.ref(index, name);
    if (ref === 0) return;
    const moved = this.database(index).setExpiry(this.key(name), ref, expiry);
    assert.equal(this.database(index).peek(this.key(name)), moved);
    this.models[index]!.set(name, { ...this.models[index]!.get(name)!, expiry });
  }

  remove(index: number, name: string): void {
    const ref = this.ref(index, name);
    if (ref !== 0) this.database(index).remove(this.key(name), ref);
    this.models[index]!.delete(name);
  }

  transfer(kind: "rename" | "copy", index: number, name: string, target: number, to: string): void {
    const ref = this.ref(index, name);
    if (ref === 0 || (index === target && name === to)) return;
    const value = this.models[index]!.get(name)!;
    const [from, onto] = [this.database(index), this.database(target)];
    if (kind === "rename") from.rename(this.key(name), ref, onto, this.key(to));
    else from.copy(ref, onto, this.key(to));
    if (kind === "rename") this.models[index]!.delete(name);
    this.models[target]!.set(to, value);
  }

  clear(index: number, later: boolean): void {
    this.database(index).clear(later);
    this.models[index]!.clear();
  }

  clearAll(): void {
    this.keyspace.clear();
    for (const model of this.models) model.clear();
  }

  swap(): void {
    this.keyspace.swap(this.database(0), this.database(1));
    this.models.reverse();
  }

  open(): void {
    if (this.frozen.length === 3) return;
    const cut = this.keyspace.arena.openCut();
    const roots = this.keyspace.databases.map(({ dict, expires }, index) => ({
      dict: dict.root,
      expires: expires.root,
      model: new Map(this.models[index]!),
    }));
    this.frozen.push({ cut, roots });
  }

  close(which: number): void {
    const [frozen] = this.frozen.splice(which % Math.max(1, this.frozen.length), 1);
    if (frozen === undefined) return;
    checkFrozen(frozen);
    frozen.cut.close();
  }

  check(): void {
    for (const [index, model] of this.models.entries()) {
      const { dict, expires } = this.database(index);
      assert.deepEqual(contentOf(dict), model);
      assert.deepEqual(contentOf(expires), expiring(model));
      for (const name of model.keys()) this.ref(index, name);
    }
    for (const frozen of this.frozen) checkFrozen(frozen);
  }

  /** Everything is freed again when nothing is left. */
  end(): void {
    while (this.frozen.length > 0) this.close(0);
    this.clear(0, true);
    this.clear(1, false);
    while (this.keyspace.reclaim(100)) {}
    const { arena } = this.keyspace;
    assert.equal(arena.deferredBytes, 0);
    assert.equal(this.keyspace.discardedEntries, 0);
    // Two databases, each with two tables of a root and a segment.
    assert.equal(arena.blocks, 8);
  }
}

function contentOf(dict: Dict | DictReader): Model {
  const entries = new EntryReader<Memory>(dict.memory);
  const content: Model = new Map();
  dict.forEach((ref) => {
    const start = entries.valueStart(ref);
    const bytes = Buffer.from(entries.valueBytes(ref).slice(start, start + entries.valueLength(ref)));
    const name = entries.keyBytes(ref).toString("latin1");
    assert.ok(!content.has(name));
    content.set(name, { text: bytes.toString("latin1"), expiry: entries.expiry(ref) });
  });
  assert.equal(dict.count, content.size);
  return content;
}

const expiring = (model: Model): Model => new Map([...model].filter(([, { expiry }]) => expiry !== NEVER));

/** What another thread would see of the cut. */
function checkFrozen({ cut, roots }: Frozen): void {
  const memory = new Memory(cut.buffers);
  for (const { dict, expires, model } of roots) {
    assert.deepEqual(contentOf(new DictReader(memory, dict)), model);
    assert.deepEqual(contentOf(new DictReader(memory, expires)), expiring(model));
  }
}

type Action = (world: World) => void;

const name = fc.constantFrom(...NAMES);
const index = fc.constantFrom(0, 1);
const length = fc.constantFrom(0, 1, 5, 40, 64, 200, 1024, 1025, 3000, 9000, 70_000);
const expiry = fc.constantFrom(NEVER, 1, 2 ** 31, 2 ** 32 + 5, 1_800_000_000_000, Number.MAX_SAFE_INTEGER);

function bulk(each: (world: World, name: string) => void): fc.Arbitrary<Action> {
  return fc.constantFrom("x", "y").map((prefix) => (world) => {
    for (let i = 0; i < BULK; i++) each(world, prefix + i);
  });
}

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(index, name, length, fc.oneof(expiry, fc.constant(KEEP_EXPIRY))).map(setting),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(index, name, length).map(
      ([i, n, l]): Action =>
        (world) =>
          world.resize(i, n, l),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(index, name, expiry).map(
      ([i, n, e]): Action =>
        (world) =>
          world.expire(i, n, e),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(index, name).map(
      ([i, n]): Action =>
        (world) =>
          world.remove(i, n),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom("rename" as const, "copy" as const), index, name, index, name).map(
      ([kind, i, n, target, to]): Action =>
        (world) =>
          world.transfer(kind, i, n, target, to),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(index, fc.boolean()).map(
      ([i, l]): Action =>
        (world) =>
          world.clear(i, l),
    ),
  },
  { weight: 1, arbitrary: fc.constant((world: World) => world.clearAll()) },
  { weight: 1, arbitrary: fc.constant((world: World) => world.swap()) },
  { weight: 3, arbitrary: fc.constant((world: World) => world.open()) },
  {
    weight: 3,
    arbitrary: fc.nat(2).map(
      (which): Action =>
        (world) =>
          world.close(which),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat(50).map(
      (count): Action =>
        (world) =>
          void world.keyspace.reclaim(count),
    ),
  },
  { weight: 1, arbitrary: bulk((world, each) => world.set(0, each, each, each.endsWith("3") ? 5 : NEVER)) },
  { weight: 1, arbitrary: bulk((world, each) => world.remove(0, each)) },
);

function setting([i, n, l, e]: [number, string, number, number]): Action {
  return (world) => world.set(i, n, "v".repeat(l), e);
}

describe("Database", () => {
  it("behaves like a Map, and an open snapshot keeps what it saw", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80, size: "max" }), (actions) => {
        const world = new World();
        for (const each of actions) each(world);
        world.check();
        world.end();
      }),
      { numRuns: 400 },
    );
  });

  it("agrees with the model after every single step", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25, size: "max" }), (actions) => {
        const world = new World();
        for (const each of actions) {
          each(world);
          world.check();
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("An expired entry", () => {
  const setup = (): { keyspace: Keyspace; database: Database; key: Key } => {
    const keyspace = new Keyspace(1, new SeededChance(1), { poison: true });
    const key = keyspace.key(Buffer.from("k"));
    keyspace.tick(1000);
    keyspace.databases[0]!.setString(key, Buffer.from("v"), 0, 1, 1005);
    return { keyspace, database: keyspace.databases[0]!, key };
  };

  it("is there until its millisecond has passed", () => {
    const { keyspace, database, key } = setup();
    keyspace.tick(1005);
    assert.notEqual(database.peek(key), 0);
    keyspace.tick(1006);
    assert.equal(database.peek(key), 0);
    assert.equal(database.count, 0);
    assert.equal(keyspace.stats.expired, 1);
  });

  it("is told to the engine once, and counts as no change", () => {
    const { keyspace, database, key } = setup();
    const told: string[] = [];
    keyspace.hooks = {
      ...keyspace.hooks,
      expired: (_, each) => told.push(Buffer.from(each.bytes).toString()),
    };
    keyspace.tick(2000);
    database.read(key);
    database.read(key);
    assert.deepEqual(told, ["k"]);
    assert.equal(keyspace.dirty, 0);
    assert.deepEqual([keyspace.stats.hits, keyspace.stats.misses], [0, 2]);
  });

  it("is only hidden where it may not be deleted, and is there while a log is applied", () => {
    const { keyspace, database, key } = setup();
    keyspace.tick(2000);
    keyspace.expiryMode = "hide";
    assert.equal(database.peek(key), 0);
    assert.equal(database.count, 1);
    keyspace.expiryMode = "ignore";
    assert.notEqual(database.peek(key), 0);
  });
});
