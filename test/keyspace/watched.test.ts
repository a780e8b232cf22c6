/** Which changes a WATCH hears of, also where whole databases change. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Database } from "#tidemark/keyspace/database.js";
import { NOTIFY_STRING } from "#tidemark/keyspace/events.js";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import type { Watch, Watcher } from "#tidemark/keyspace/watched.js";
import { NEVER } from "#tidemark/memory/entry.js";
import { SeededChance } from "../support/chance.js";

class World {
  readonly keyspace = new Keyspace(2, new SeededChance(3), { poison: true });
  readonly first: Database = this.keyspace.databases[0]!;
  readonly second: Database = this.keyspace.databases[1]!;

  constructor() {
    this.keyspace.tick(1000);
  }

  set(database: Database, name: string, expiry = NEVER): void {
    const key = this.keyspace.key(Buffer.from(name));
    database.peek(key);
    database.setString(key, Buffer.from("v"), 0, 1, expiry);
    database.changed(key, NOTIFY_STRING, "set");
  }

  watch(database: Database, name: string): Watch & { readonly watcher: Watcher } {
    const ref = database.dict.find(this.keyspace.key(Buffer.from(name)));
    const expired = ref !== 0 && this.keyspace.isExpired(ref);
    const watch = { watcher: { dirty: false }, database, key: name, expired };
    database.watched.add(watch);
    return watch;
  }
}

describe("WatchedKeys", () => {
  it("tells everybody who watches the key, in that database, until they stop", () => {
    const world = new World();
    const [one, two, other] = [
      world.watch(world.first, "k"),
      world.watch(world.first, "k"),
      world.watch(world.second, "k"),
    ];
    world.first.watched.remove(two);
    world.set(world.first, "k");
    world.set(world.first, "x");
    assert.deepEqual(
      [one, two, other].map(({ watcher }) => watcher.dirty),
      [true, false, false],
    );
    world.first.watched.remove(one);
    assert.equal(world.first.watched.size, 0);
  });

  it("takes the deletion of a key that had expired before as no change, and what comes after as one", () => {
    const world = new World();
    world.set(world.first, "k", 1005);
    world.keyspace.tick(2000);
    const watch = world.watch(world.first, "k");
    assert.ok(watch.expired);
    assert.equal(world.first.peek(world.keyspace.key(Buffer.from("k"))), 0);
    assert.equal(watch.watcher.dirty, false);
    world.set(world.first, "k");
    assert.ok(watch.watcher.dirty);
  });

  it("takes the expiry of a key that was alive as a change", () => {
    const world = new World();
    world.set(world.first, "k", 1005);
    const watch = world.watch(world.first, "k");
    world.keyspace.tick(2000);
    world.first.peek(world.keyspace.key(Buffer.from("k")));
    assert.ok(watch.watcher.dirty);
  });

  it("takes eviction as a change", () => {
    const world = new World();
    world.set(world.first, "k");
    const watch = world.watch(world.first, "k");
    const key = world.keyspace.key(Buffer.from("k"));
    world.keyspace.evict(world.first, key, world.first.dict.find(key));
    assert.ok(watch.watcher.dirty);
  });

  it("tells of emptying a database only who watches a key that is there", () => {
    const world = new World();
    world.set(world.first, "there");
    world.set(world.first, "over", 1005);
    world.keyspace.tick(2000);
    const [there, missing, over] = ["there", "missing", "over"].map((name) => world.watch(world.first, name));
    world.first.touchAllWatched();
    assert.ok(there!.watcher.dirty);
    assert.equal(missing!.watcher.dirty, false);
    assert.equal(over!.watcher.dirty, false);
    assert.equal(over!.expired, false);
  });

  it("tells of an exchange who watches a key that is in either database, alive", () => {
    const world = new World();
    world.set(world.first, "gone");
    world.set(world.second, "came");
    world.set(world.second, "cameOver", 1005);
    world.set(world.first, "overBoth", 1005);
    world.set(world.second, "overBoth", 1005);
    world.keyspace.tick(2000);
    const names = ["gone", "came", "cameOver", "overBoth", "neither"];
    const watches = names.map((name) => world.watch(world.first, name));
    world.first.touchAllWatched(world.second);
    assert.deepEqual(
      watches.map(({ watcher }) => watcher.dirty),
      [true, true, false, false, false],
    );
    assert.ok(watches[2]!.expired);
    assert.ok(watches[3]!.expired);
  });
});
