/** Large values are freed in slices, whoever lets them go, and nothing of them is left. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Database } from "#tidemark/keyspace/database.js";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import { NEVER } from "#tidemark/memory/entry.js";
import { Held } from "#tidemark/memory/held.js";
import type { Key } from "#tidemark/memory/key.js";
import { SeededChance } from "../support/chance.js";

const LIMITS = {
  "hash-max-listpack-entries": 128,
  "hash-max-listpack-value": 64,
  "set-max-intset-entries": 512,
  "set-max-listpack-entries": 128,
  "set-max-listpack-value": 64,
};
const MEMBERS = 20_000;

class World {
  readonly keyspace = new Keyspace(1, new SeededChance(5), { poison: true });
  readonly database: Database = this.keyspace.databases[0]!;
  readonly key: Key = this.keyspace.key(Buffer.from("large"));
  readonly emptyBlocks = this.keyspace.arena.blocks;

  /** Puts a set of so many members at the key. */
  fill(members: number, expiry: number = NEVER): void {
    const { entries, sets } = this.keyspace;
    const held = new Held(entries, sets.createListpack(this.key, { access: 0, expiry }));
    for (let at = 0; at < members; at++) {
      const bytes = Buffer.from(`member ${at}`);
      sets.add(held, { bytes, start: 0, end: bytes.length }, LIMITS);
    }
    this.database.put(this.key, this.database.peek(this.key), held.ref);
  }

  fillHash(fields: number): void {
    const { entries, hashes } = this.keyspace;
    const held = new Held(entries, hashes.create(this.key, { access: 0, expiry: NEVER }));
    // A value beyond what an entry holds has a block of its own.
    const long = { bytes: Buffer.alloc(2000), start: 0, end: 2000 };
    for (let at = 0; at < fields; at++) {
      const bytes = Buffer.from(`field ${at}`);
      hashes.set(held, { bytes, start: 0, end: bytes.length }, long, LIMITS);
    }
    this.database.put(this.key, this.database.peek(this.key), held.ref);
  }

  remove(): void {
    this.database.remove(this.key, this.database.peek(this.key));
  }

  get blocks(): number {
    return this.keyspace.arena.blocks - this.emptyBlocks;
  }

  /** Frees what waits in steps; every one of them frees something, and none much more: elements have two blocks at most. */
  reclaim(): void {
    for (let more = true; more; ) {
      const before = this.keyspace.arena.blocks;
      more = this.keyspace.reclaim(1000);
      assert.ok(before - this.keyspace.arena.blocks <= 3000);
    }
  }

  /** Removing freed next to nothing; afterwards everything is freed. */
  checkFreedLater(blocks: number): void {
    assert.equal(this.keyspace.discardedEntries, 1);
    assert.ok(this.blocks > blocks - 10);
    this.reclaim();
    assert.equal(this.keyspace.discardedEntries, 0);
    assert.equal(this.blocks, 0);
  }
}

describe("large values", () => {
  it("are freed in slices when their key is removed", () => {
    const world = new World();
    world.fill(MEMBERS);
    const blocks = world.blocks;
    world.remove();
    world.checkFreedLater(blocks);
    assert.equal(world.keyspace.stats.lazilyFreed, 1);
  });

  it("are freed in slices with what their elements have blocks for", () => {
    const world = new World();
    world.fillHash(3000);
    const blocks = world.blocks;
    assert.ok(blocks > 6000);
    world.remove();
    world.checkFreedLater(blocks);
  });

  it("are freed in slices when they expire", () => {
    const world = new World();
    world.fill(MEMBERS, 1000);
    const blocks = world.blocks;
    world.keyspace.tick(2000);
    assert.equal(world.database.peek(world.key), 0);
    world.checkFreedLater(blocks);
  });

  it("are freed in slices when another value takes their place", () => {
    const world = new World();
    world.fill(MEMBERS);
    const blocks = world.blocks;
    world.database.setString(world.key, Buffer.from("x"), 0, 1);
    assert.equal(world.keyspace.discardedEntries, 1);
    assert.ok(world.blocks > blocks - 10);
    world.reclaim();
    assert.equal(world.blocks, 1);
  });

  it("are freed in slices when their database is emptied in the background", () => {
    const world = new World();
    world.fill(MEMBERS);
    const blocks = world.blocks;
    world.database.clear(true);
    assert.ok(world.blocks > blocks - 10);
    world.reclaim();
    assert.equal(world.blocks, 0);
    assert.equal(world.keyspace.discardedEntries, 0);
  });

  it("are freed at once when their database is emptied at once", () => {
    const world = new World();
    world.fill(MEMBERS);
    world.database.clear(false);
    assert.equal(world.blocks, 0);
  });

  it("stay for a snapshot that sees them", () => {
    const world = new World();
    world.fill(MEMBERS);
    const cut = world.keyspace.arena.openCut();
    world.remove();
    world.reclaim();
    assert.ok(world.blocks > MEMBERS);
    cut.close();
    world.reclaim();
    assert.equal(world.blocks, 0);
  });

  it("are few enough to be freed at once when they are small", () => {
    const world = new World();
    world.fill(1000);
    world.remove();
    assert.equal(world.blocks, 0);
  });
});
