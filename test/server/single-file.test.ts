/** The single-file layout: its rewrite, switching it on, and the way to and from the layout of Redis 7. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { afterEveryOperation } from "../persistence/crash-states.js";
import type { SimulatedDisk } from "../support/disk.js";
import type { Directives } from "../support/product.js";
import { SimulatedServer } from "../support/simulated-server.js";

const FILE = "/data/appendonly.aof";
const SINGLE = { appendonly: "yes", "aof-layout": "single", "auto-aof-rewrite-percentage": "0" } as const;
const PARTED = { ...SINGLE, "aof-layout": "multi-part" } as const;

class World extends SimulatedServer {
  async fill(count: number): Promise<void> {
    const words = Array.from({ length: count }, (_, at) => [`key:${at}`, `value of ${at}`]);
    await this.say("MSET", ...words.flat());
  }

  text(path = FILE): string {
    return this.disk.readFile(path)?.toString("latin1") ?? "";
  }

  get files(): string[] {
    return this.disk.list("/data") ?? [];
  }

  async again(directives: Directives = SINGLE, disk?: SimulatedDisk): Promise<World> {
    return World.start(directives, this.rebooted(disk));
  }
}

describe("the single file", () => {
  for (const preamble of ["yes", "no"])
    it(`is rewritten into one file without annotations (aof-use-rdb-preamble ${preamble})`, async () => {
      const world = await World.start({ ...SINGLE, "aof-use-rdb-preamble": preamble });
      assert.deepEqual(world.files, ["appendonly.aof"]);
      await world.fill(3000);
      await world.say("SELECT", "3");
      await world.say("SET", "k", "1");
      assert.match(await world.say("BGREWRITEAOF"), /started/);
      for (let i = 0; i < 30; i++) await world.say("INCR", "n");
      assert.match(world.text(), /INCR/, "the running file goes on receiving writes");
      await world.rewritten();
      await world.say("INCR", "n");
      assert.deepEqual(world.files, ["appendonly.aof"]);
      const text = world.text();
      assert.equal(text.startsWith("REDIS"), preamble === "yes");
      assert.equal(text.match(/INCR/g)?.length, 31);
      assert.equal(text.match(/SELECT\r\n\$1\r\n3/g)?.length, preamble === "yes" ? 1 : 2);
      assert.doesNotMatch(text, /^#/m);
      assert.equal(await world.info("aof_last_bgrewrite_status"), "ok");
      assert.equal(await world.info("aof_rewrite_buffer_length"), "0");
      assert.equal(await world.info("aof_current_size"), String(text.length));
      const digest = await world.say("DEBUG", "DIGEST");
      const again = await world.again();
      assert.equal(await again.say("DEBUG", "DIGEST"), digest);
      assert.equal(await again.info("aof_base_size"), String(text.length));
    });

  it("has annotations when they are asked for, also behind a rewrite", async () => {
    const directives = { ...SINGLE, "aof-annotations": "yes" };
    const world = await World.start(directives);
    await world.fill(100);
    await world.say("BGREWRITEAOF");
    for (let i = 0; i < 10; i++) await world.say("INCR", "n");
    await world.rewritten();
    await world.say("INCR", "n");
    await world.advance(1500);
    assert.match(world.text(), /^#TIDEMARK:SEAL/m);
    const again = await world.again(directives);
    assert.equal(await again.say("INCR", "n"), ":12\r\n");
    const third = await again.again(directives);
    assert.equal(await third.say("GET", "n"), "$2\r\n12\r\n");
  });

  it("is switched on while the server runs, and what was there counts until it is complete", async () => {
    const world = await World.start({ ...SINGLE, appendonly: "no" });
    await world.fill(2000);
    assert.equal(await world.say("CONFIG", "SET", "appendonly", "yes"), "+OK\r\n");
    await world.say("INCR", "n");
    await world.rewritten();
    assert.deepEqual(world.files, ["appendonly.aof"]);
    assert.equal(await world.say("CONFIG", "SET", "appendonly", "no"), "+OK\r\n");
    await world.say("INCR", "n");
    assert.equal(await world.say("CONFIG", "SET", "appendonly", "yes"), "+OK\r\n");
    await world.say("INCR", "n");
    const before = await (await world.again()).say("GET", "n");
    assert.equal(before, "$1\r\n1\r\n");
  });

  it("is made from a snapshot, and by a rewrite with the append-only file off", async () => {
    const world = await World.start({ ...SINGLE, appendonly: "no" });
    await world.fill(50);
    await world.say("SAVE");
    const imported = await world.again();
    assert.equal(await imported.say("INCR", "n"), ":1\r\n");
    assert.deepEqual(imported.files, ["appendonly.aof", "dump.rdb"]);
    const again = await imported.again({ ...SINGLE, appendonly: "no" });
    assert.equal(await again.say("DBSIZE"), ":50\r\n");
    await again.say("BGREWRITEAOF");
    await again.rewritten();
    assert.equal(await (await again.again()).say("DBSIZE"), ":50\r\n");
  });

  it("no-appendfsync-on-rewrite: nothing is synced until the new file has its place", async () => {
    const world = await World.start({ ...SINGLE, "no-appendfsync-on-rewrite": "yes" });
    const { disk, clock } = world.platform;
    await world.fill(3000);
    await clock.advance(1500);
    // More than the channel to the thread takes: the rest is appended on the thread pool, where it is held.
    disk.hold();
    const big = Array.from({ length: 30 }, (_, at) => [`big:${at}`, "x".repeat(100_000)]);
    await world.say("BGREWRITEAOF");
    await world.say("MSET", ...big.flat());
    await clock.advance(200);
    const { holding } = disk;
    assert.equal(holding, 1);
    await world.say("INCR", "n");
    await clock.advance(3000);
    assert.equal(await world.info("aof_rewrite_in_progress"), "1");
    assert.equal(disk.holding, holding, "no sync has begun");
    disk.release();
    await world.rewritten();
  });

  it("a failed sync goes on in a copy", async () => {
    const world = await World.start({ ...SINGLE, appendfsync: "always" });
    await world.fill(500);
    world.disk.fail({ operation: "sync", times: 1 });
    assert.match(await world.say("INCR", "n"), /^-MISCONF/);
    await world.advance(1500);
    assert.equal(await world.say("INCR", "n"), ":2\r\n");
    const lost = await world.again(SINGLE, world.disk.afterPowerLoss("synced"));
    assert.equal(await lost.say("GET", "n"), "$1\r\n2\r\n");
    assert.equal(await lost.say("DBSIZE"), ":501\r\n");
  });

  it("a name that does not reach the device is not acknowledged behind", async () => {
    const world = await World.start({ ...SINGLE, appendfsync: "always" });
    await world.fill(500);
    // The first sync of the directory is that of the temporary name.
    const failure = world.disk.fail({ operation: "syncDirectory", after: 1 });
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    assert.match(
      await world.say("INCR", "n"),
      /^-MISCONF Errors writing to the AOF file: Input\/output error/,
    );
    const lost = await world.again(SINGLE, world.disk.afterPowerLoss("synced"));
    assert.equal(await lost.say("DBSIZE"), ":500\r\n");
    failure.stop();
  });
});

for (const layout of ["multi-part", "single"])
  it(`LATENCY knows what the append-only file waits for (aof-layout ${layout})`, async () => {
    const world = await World.start({ ...SINGLE, "aof-layout": layout, appendfsync: "always" });
    await world.say("CONFIG", "SET", "latency-monitor-threshold", "1");
    const { platform } = world;
    afterEveryOperation(platform.disk, () => platform.clock.stall(2));
    const { stat } = platform.disk;
    platform.disk.stat = (path) => {
      platform.clock.stall(2);
      return stat.call(platform.disk, path);
    };
    await world.fill(2000);
    await world.say("BGREWRITEAOF");
    for (let writes = 0; writes < 10; writes++) await world.say("INCR", "n");
    await world.rewritten();
    const latest = await world.say("LATENCY", "LATEST");
    const events = ["aof-write", "aof-write-alone", "aof-write-active-child", "aof-fsync-always"];
    const ofTheLayout = layout === "single" ? ["aof-rewrite-diff-write"] : [];
    for (const event of [...events, "aof-rename", "aof-fstat", ...ofTheLayout])
      assert.match(latest, new RegExp(`\\b${event}\r`), event);
  });

describe("from one layout to the other", () => {
  /** Several files, with annotations, a base and two incr files. */
  async function parted(): Promise<World> {
    const world = await World.start(PARTED);
    await world.fill(200);
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    await world.say("SELECT", "3");
    await world.say("INCR", "n");
    world.disk.fail({ operation: "sync", times: 1 });
    await world.advance(4000);
    await world.say("INCR", "n");
    await world.advance(2500);
    assert.match(world.text("/data/appendonlydir/appendonly.aof.manifest"), /type i\n.*type i\n/);
    return world;
  }

  it("several files become one and the base again", async () => {
    const world = await parted();
    const digest = await world.say("DEBUG", "DIGEST");
    const single = await world.again();
    assert.equal(await single.say("DEBUG", "DIGEST"), digest);
    assert.deepEqual(single.files, ["appendonly.aof", "appendonlydir"]);
    assert.deepEqual(single.platform.disk.list("/data/appendonlydir"), []);
    assert.doesNotMatch(single.text(), /^#/m);
    await single.say("SET", "later", "1");
    const changed = await single.say("DEBUG", "DIGEST");
    const second = await single.again();
    assert.equal(await second.say("DEBUG", "DIGEST"), changed);
    const back = await second.again(PARTED);
    assert.equal(await back.say("DEBUG", "DIGEST"), changed);
    assert.deepEqual(back.files, ["appendonlydir"]);
  });

  it("until they are one, clients are told that the server is loading: what is accepted is in the file", async () => {
    const world = await parted();
    const platform = world.rebooted();
    const { disk, clock, network } = platform;
    const replies: string[] = [];
    const write = async (): Promise<void> => {
      const client = await network.client(6379);
      for (let at = 0; at < 30; at++) {
        const { raw } = await client.reply("RPUSH", "early", String(at));
        replies.push(raw.toString());
      }
    };
    let isWriting = false;
    afterEveryOperation(disk, (operation) => {
      if (operation !== "write" || isWriting) return;
      isWriting = true;
      void write();
    });
    const single = await World.start(SINGLE, platform);
    await clock.until("all have their answers", () => replies.length === 30);
    const [first] = replies;
    assert.match(first!, /^-LOADING/);
    const accepted = replies.filter((reply) => reply.startsWith(":")).length;
    assert.equal(await (await single.again()).say("LLEN", "early"), `:${accepted}\r\n`);
  });

  it("a crash at any step of the change loses nothing, whichever layout comes next", async () => {
    const world = await parted();
    const digest = await world.say("DEBUG", "DIGEST");
    const states: SimulatedDisk[] = [];
    const platform = world.rebooted();
    afterEveryOperation(platform.disk, () => {
      states.push(platform.disk.afterProcessDeath(), platform.disk.afterPowerLoss("synced"));
    });
    let last = await World.start(SINGLE, platform);
    assert.ok(states.length > 20);
    for (const [index, disk] of states.entries()) {
      last = await last.again(index % 3 === 0 ? PARTED : SINGLE, disk);
      assert.equal(await last.say("DEBUG", "DIGEST"), digest, `state ${index}`);
    }
  });

  it("data in both layouts is refused", async () => {
    const world = await World.start(PARTED);
    await world.say("SET", "k", "1");
    const disk = world.disk.afterProcessDeath();
    disk.place(FILE, "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n");
    await assert.rejects(world.again(SINGLE, disk), /either may be the log/);
  });
});
