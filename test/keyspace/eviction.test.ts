/** Eviction: what each policy takes and how well it chooses, and how much of it happens at a time. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Config } from "#tidemark/config/config.js";
import { Eviction } from "#tidemark/keyspace/eviction.js";
import { NEVER } from "#tidemark/memory/entry.js";
import { SimulatedDisk } from "../support/disk.js";
import { FilledKeyspace } from "./filled.js";

type Policy = Config["values"]["maxmemory-policy"];

const VOLATILE: readonly Policy[] = ["volatile-lru", "volatile-lfu", "volatile-ttl", "volatile-random"];
const ALL_KEYS: readonly Policy[] = ["allkeys-lru", "allkeys-lfu", "allkeys-random"];

class World {
  readonly config = new Config({ disk: new SimulatedDisk(), workingDirectory: "/" });
  readonly eviction: Eviction;
  units = 0;

  constructor(
    policy: Policy,
    readonly keyspace = new FilledKeyspace(),
  ) {
    this.config.assign("maxmemory-policy", policy);
    this.config.assign("maxmemory-eviction-tenacity", 100);
    keyspace.access.settings.lfu = policy.endsWith("lfu");
    this.eviction = new Eviction(
      keyspace,
      this.config,
      keyspace.clock,
      keyspace.chance,
      () => keyspace.arena.usedBytes - keyspace.arena.deferredBytes,
      (action) => {
        this.units++;
        action();
      },
    );
  }

  /** Sets maxmemory so that about that share of the bytes in use must go, and makes room. */
  evict(share: number): boolean {
    this.limit(1 - share);
    return this.eviction.makeRoom();
  }

  limit(share: number): void {
    this.config.assign("maxmemory", Math.floor(this.keyspace.arena.usedBytes * share));
  }
}

describe("Eviction", () => {
  it("does nothing within maxmemory, and without one", () => {
    const world = new World("allkeys-lru");
    world.keyspace.fill("k", 100);
    assert.ok(world.eviction.makeRoom());
    world.limit(1);
    assert.ok(world.eviction.makeRoom());
    assert.equal(world.keyspace.told.length, 0);
  });

  it("refuses under noeviction", () => {
    const world = new World("noeviction");
    world.keyspace.fill("k", 100, () => 2_000_000);
    assert.equal(world.evict(0.5), false);
    assert.equal(world.keyspace.databases[0]!.count, 100);
  });

  for (const policy of ALL_KEYS)
    it(`takes keys of all databases under ${policy}, each as a unit that is told`, () => {
      const world = new World(policy, new FilledKeyspace(3));
      for (const database of [0, 1, 2]) world.keyspace.fill(`${database}-`, 1000, () => NEVER, database);
      assert.ok(world.evict(0.3));
      const { told, databases, stats } = world.keyspace;
      assert.ok(told.length > 500);
      assert.equal(stats.evicted, told.length);
      assert.equal(world.units, told.length);
      assert.equal(
        databases.reduce((sum, { count }) => sum + count, 0),
        3000 - told.length,
      );
      for (const { count } of databases) assert.ok(count < 950, `${count} are left`);
    });

  for (const policy of VOLATILE)
    it(`takes no key without an expiry under ${policy}, and refuses when there is no other`, () => {
      const world = new World(policy);
      world.keyspace.fill("kept", 1000);
      world.keyspace.fill("gone", 1000, (at) => 2_000_000 + at);
      assert.ok(world.evict(0.2));
      assert.equal(world.keyspace.survivors("kept", 1000), 1000);
      assert.equal(world.evict(0.9), false);
      assert.equal(world.keyspace.databases[0]!.count, 1000);
      assert.equal(world.keyspace.survivors("kept", 1000), 1000);
    });

  it("takes no key whose expiry was taken away while it waited in the pool", () => {
    const world = new World("volatile-ttl");
    const { keyspace } = world;
    keyspace.fill("k", 200, (at) => 2_000_000 + at);
    world.evict(0.01);
    const database = keyspace.databases[0]!;
    const { count } = database;
    for (let at = 0; at < 200; at++) {
      const key = keyspace.key(Buffer.from(`k${at}`));
      const ref = database.dict.find(key);
      if (ref !== 0) database.setExpiry(key, ref, NEVER);
    }
    assert.equal(world.evict(0.5), false);
    assert.equal(database.count, count);
  });

  it("goes without what an open snapshot holds, and does not run on because of it", () => {
    const world = new World("allkeys-random");
    world.keyspace.fill("k", 2000);
    const cut = world.keyspace.arena.openCut();
    assert.ok(world.evict(0.2));
    assert.ok(world.keyspace.databases[0]!.count > 1000);
    cut.close();
  });

  it("frees what was flushed before it evicts", () => {
    const world = new World("allkeys-random");
    world.keyspace.fill("old", 2000);
    world.limit(0.6);
    world.keyspace.databases[0]!.clear(true);
    world.keyspace.fill("new", 100);
    assert.ok(world.eviction.makeRoom());
    assert.equal(world.keyspace.databases[0]!.count, 100);
  });

  it("leaves it to the primary on a replica, and waits while clients are paused", () => {
    const world = new World("allkeys-random");
    world.keyspace.fill("k", 100);
    world.keyspace.expiryMode = "hide";
    assert.ok(world.evict(0.5));
    assert.equal(world.keyspace.databases[0]!.count, 100);
  });

  it("stops after the time that maxmemory-eviction-tenacity gives it, and goes on with the next call", () => {
    const world = new World("allkeys-random");
    world.keyspace.fill("k", 2000);
    world.config.assign("maxmemory-eviction-tenacity", 10);
    world.keyspace.clock.stepUs = 300;
    // 500 us, and the clock is looked at after every sixteenth key.
    assert.ok(world.evict(0.5));
    assert.equal(world.keyspace.told.length, 32);
    assert.ok(world.eviction.exceededSinceUs > 0);
    world.config.assign("maxmemory-eviction-tenacity", 100);
    assert.ok(world.eviction.makeRoom());
    assert.ok(world.keyspace.told.length > 500);
    assert.equal(world.eviction.exceededSinceUs, 0);
    assert.ok(world.eviction.exceededUs > 0);
  });
});

describe("The choice", () => {
  const COUNT = 4000;

  /** The share of the evicted keys that an exact choice, which takes `k0`, `k1` and so on, would have taken too. */
  function quality({ keyspace: { told } }: World, first = 0): number {
    const right = told.filter((name) => Number(name.slice(1)) < first + told.length).length;
    return right / told.length;
  }

  /** A key a second, so that the first half is the older one. */
  function aged(world: World): void {
    for (let at = 0; at < COUNT; at++) {
      world.keyspace.tick(1_000_000 + at * 1000);
      world.keyspace.set(`k${at}`, 100_000_000);
    }
  }

  for (const policy of ["allkeys-lru", "volatile-lru"] as const)
    it(`of ${policy} keeps what was used last`, () => {
      const world = new World(policy);
      aged(world);
      for (let at = 0; at < 200; at++) world.keyspace.use(`k${at}`);
      world.evict(0.4);
      const { keyspace } = world;
      assert.ok(keyspace.survivors("k", 200) >= 198, `${keyspace.survivors("k", 200)} of 200 hot keys`);
      assert.ok(
        quality(world, 200) > 0.8,
        `${quality(world, 200)} of the evicted keys were among the oldest`,
      );
    });

  it("of allkeys-lru is better with more samples", () => {
    const [one, five, twenty] = [1, 5, 20].map((samples) => {
      const world = new World("allkeys-lru");
      world.config.assign("maxmemory-samples", samples);
      aged(world);
      world.evict(0.4);
      return quality(world);
    }) as [number, number, number];
    assert.ok(one < five && five < twenty && twenty > 0.9, `${one} ${five} ${twenty}`);
  });

  for (const policy of ["allkeys-lfu", "volatile-lfu"] as const)
    it(`of ${policy} keeps what is used often, however long ago the others were set`, () => {
      const world = new World(policy);
      world.keyspace.fill("hot", 400, () => 100_000_000);
      for (let round = 0; round < 100; round++) {
        for (let at = 0; at < 400; at++) world.keyspace.use(`hot${at}`);
      }
      world.keyspace.fill("cold", 3600, () => 100_000_000);
      world.evict(0.5);
      assert.equal(world.keyspace.survivors("hot", 400), 400);
    });

  it("of an LFU policy forgets the use of long ago", () => {
    const world = new World("allkeys-lfu");
    const { keyspace } = world;
    keyspace.fill("once", 400);
    for (let round = 0; round < 100; round++) for (let at = 0; at < 400; at++) keyspace.use(`once${at}`);
    keyspace.tick(1_000_000 + 60 * 60_000);
    keyspace.fill("now", 3600);
    world.config.assign("maxmemory-samples", 20);
    world.evict(0.05);
    const once = keyspace.told.filter((name) => name.startsWith("once")).length;
    assert.ok(once > keyspace.told.length * 0.7, `${once} of ${keyspace.told.length} evicted keys`);
  });

  it("of volatile-ttl takes what would go soonest", () => {
    const world = new World("volatile-ttl");
    world.keyspace.fill("k", COUNT, (at) => 2_000_000 + at);
    world.evict(0.4);
    assert.ok(quality(world) > 0.8, `${quality(world)} of the evicted keys were among the first to go`);
  });

  it("does not take a key that was used after it had come into the pool", () => {
    const world = new World("allkeys-lru");
    const { keyspace } = world;
    aged(world);
    world.evict(0.005);
    for (let at = 0; at < 100; at++) keyspace.use(`k${at}`);
    const used = keyspace.survivors("k", 100);
    world.evict(0.1);
    assert.equal(keyspace.survivors("k", 100), used);
  });

  it("goes by the policy that is in force now", () => {
    const world = new World("volatile-ttl");
    const { keyspace } = world;
    keyspace.fill("k", COUNT, (at) => 2_000_000 + COUNT - at);
    world.evict(0.005);
    world.config.assign("maxmemory-policy", "allkeys-lru");
    for (let at = 0; at < COUNT; at++) {
      keyspace.tick(1_000_000 + at * 1000);
      keyspace.use(`k${at}`);
    }
    const before = keyspace.told.length;
    world.evict(0.4);
    keyspace.told.splice(0, before);
    assert.ok(quality(world) > 0.8, `${quality(world)} of the evicted keys were among the oldest`);
  });
});
