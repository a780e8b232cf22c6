import assert from "node:assert/strict";
import { test } from "node:test";
import type { FsyncPolicy } from "#tidemark/persistence/aof-parts.js";
import { formatContinuation } from "#tidemark/persistence/continuation.js";
import { crc32 } from "#tidemark/util/crc32.js";
import { SeededChance } from "../support/chance.js";
import { SimulatedClock } from "../support/clock.js";
import { type DiskOperation, SimulatedDisk } from "../support/disk.js";
import { INCR, MANIFEST, NEXT_INCR, resp, Store } from "./store.js";

/** A running store whose disk does the work of the thread pool a millisecond later. */
async function running(policy: FsyncPolicy): Promise<Store> {
  const clock = new SimulatedClock();
  const disk = new SimulatedDisk(new SeededChance(7), (action) => void clock.after(1, action));
  disk.placeDirectory("/data");
  return new Store(disk, clock, { policy }).start();
}

/** Runs so many increments, a turn each; the function returned tells how many were acknowledged. */
function increments(store: Store, count: number): () => number {
  let acknowledged = 0;
  for (let i = 0; i < count; i++) store.incr("n", () => void acknowledged++);
  return () => acknowledged;
}

/** So many turns of the loop, a millisecond each. */
async function turns(store: Store, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await store.clock.advance(1);
}

function content(store: Store, path = INCR): string {
  return store.disk.readFile(path)?.toString("latin1") ?? "";
}

const INCREMENT = resp("INCR n");
const FIRST = resp("SELECT 0") + INCREMENT;

/** The operations on the incr files, in order. */
function operations(store: Store, ...kinds: DiskOperation[]): string[] {
  return store.disk.record
    .filter(({ operation, path }) => kinds.includes(operation) && path.includes(".incr.aof"))
    .map(({ operation, failed }) => (failed === null ? operation : `${operation} ${failed}`));
}

/** What a start on the state after a crash loads for the counter. */
async function counter(disk: SimulatedDisk): Promise<number> {
  const store = await new Store(disk.afterProcessDeath(queueMicrotask), new SimulatedClock()).start();
  return Number(store.dataset.values.get("0/n") ?? "0");
}

for (const policy of ["everysec", "no"] as const) {
  test(`${policy}: the kernel has the bytes of a turn when it ends`, async () => {
    const store = await running(policy);
    const acknowledged = increments(store, 1);
    assert.equal(acknowledged(), 1);
    assert.equal(content(store), FIRST);
    assert.equal(store.aof.writtenOffset, store.log.offset);
    assert.equal(store.aof.currentBytes, store.aof.baseBytes + FIRST.length);
  });
}

test("a turn is one write, however many units it has", async () => {
  const store = await running("everysec");
  for (let i = 0; i < 30; i++) store.run(0, ["INCR n"]);
  store.endTurn();
  assert.deepEqual(operations(store, "write"), ["write"]);
  assert.equal(content(store), FIRST + INCREMENT.repeat(29));
});

test("everysec: the device has them within a second and a bit, and idle time costs no sync", async () => {
  const store = await running("everysec");
  increments(store, 1);
  await store.clock.advance(1200);
  assert.equal(await counter(store.disk.afterPowerLoss("synced")), 1);
  assert.equal(store.aof.syncedOffset, store.log.offset);
  const syncs = operations(store, "sync").length;
  await store.clock.advance(5000);
  assert.equal(operations(store, "sync").length, syncs);
  for (let i = 0; i < 50; i++) {
    increments(store, 1);
    await store.clock.advance(100);
  }
  const more = operations(store, "sync").length - syncs;
  assert.ok(more >= 4 && more <= 5, `${more} syncs in five seconds`);
});

test("everysec: a write during a sync goes to the thread pool, in order, and its reply waits", async () => {
  const store = await running("everysec");
  increments(store, 1);
  store.disk.hold();
  await store.clock.advance(1100);
  assert.equal(store.disk.holding, 1, "the sync");
  assert.equal(store.aof.pendingSyncs, 1);
  const acknowledged = increments(store, 5);
  assert.equal(store.aof.delayedFsync, 5);
  assert.equal(acknowledged(), 0);
  assert.equal(store.aof.bufferedBytes, 5 * INCREMENT.length);
  assert.equal(store.disk.holding, 2, "one write behind the sync, for all five turns or the first of them");
  store.disk.release();
  await store.clock.advance(5);
  assert.equal(acknowledged(), 5);
  assert.equal(content(store), FIRST + INCREMENT.repeat(5));
  assert.equal(store.aof.bufferedBytes, 0);
});

test("everysec: what waits for the device is bounded", async () => {
  const store = await running("everysec");
  const value = "v".repeat(8 * 1024 * 1024);
  const write = (): void => {
    store.run(0, [`SET big ${value}`]);
    store.endTurn();
  };
  store.disk.hold();
  for (let i = 0; i < 5; i++) write();
  assert.equal(store.aof.pendingSyncs, 1, "a sync began before its second was over");
  store.disk.release();
  await store.clock.advance(10);
  assert.equal(store.aof.writtenOffset, store.log.offset);
  await store.clock.advance(2000);
  assert.equal(store.aof.syncedOffset, store.log.offset);
});

test("always: no reply leaves before the device has its bytes", async () => {
  const store = await running("always");
  const acknowledged = increments(store, 1);
  assert.equal(acknowledged(), 0);
  assert.equal(content(store), FIRST);
  await store.clock.advance(3);
  assert.equal(acknowledged(), 1);
  assert.equal(await counter(store.disk.afterPowerLoss("synced")), 1);
});

/** A store that follows a primary, whose stream has brought an increment. */
async function following(policy: FsyncPolicy): Promise<Store> {
  const store = await running(policy);
  store.log.follow(true);
  streamed(store);
  return store;
}

function streamed(store: Store): void {
  const bytes = Buffer.from(FIRST, "latin1");
  store.log.appendStream(bytes, 0, bytes.length, 0, true);
  store.endTurn();
}

/** A write of the replica's own client; the function returned tells whether it was acknowledged. */
function own(store: Store): () => boolean {
  let acknowledged = false;
  store.run(3, ["INCR own"], () => {
    acknowledged = true;
  });
  store.endTurn();
  return () => acknowledged;
}

const OWN = resp("SELECT 3", "INCR own", "SELECT 0");

test("always: a write that moves no offset is acknowledged no sooner than the device has it", async () => {
  const store = await following("always");
  store.disk.record.length = 0;
  // A sync of what the stream has brought is under way, which tells nothing of what comes now.
  const early = own(store);
  await turns(store, 1);
  assert.deepEqual(operations(store, "sync"), ["sync"]);
  assert.equal(store.aof.syncedOffset, store.log.offset - 1);
  assert.equal(early(), false);
  await turns(store, 2);
  assert.equal(early(), true);
  assert.equal(store.aof.syncedOffset, store.log.offset);
  // Nothing is under way.
  const late = own(store);
  assert.equal(late(), false);
  await turns(store, 2);
  assert.equal(late(), true);
  assert.equal(content(store), FIRST + OWN + OWN);
  assert.equal(store.log.offset, FIRST.length);
});

test("everysec: a write that moves no offset waits for a write beside a sync, and for room", async () => {
  const store = await following("everysec");
  await store.clock.advance(1000);
  store.disk.hold();
  streamed(store);
  await store.clock.advance(1000);
  const beside = own(store);
  assert.equal(beside(), false);
  store.disk.release();
  await turns(store, 2);
  assert.equal(beside(), true);
  const full = store.disk.fail({ operation: "write", code: "ENOSPC" });
  const refused = own(store);
  assert.equal(refused(), false);
  assert.equal(store.aof.canWrite, false);
  await store.clock.advance(3000);
  assert.equal(refused(), false);
  full.stop();
  await store.clock.advance(3000);
  assert.equal(refused(), true);
  assert.equal(content(store), FIRST + FIRST + OWN + OWN);
});

test("always: all that comes in during a sync is one write and one sync", async () => {
  const store = await running("always");
  increments(store, 1);
  store.disk.hold();
  await store.clock.advance(2);
  const acknowledged = increments(store, 20);
  store.disk.record.length = 0;
  store.disk.release();
  await turns(store, 30);
  assert.equal(acknowledged(), 20);
  assert.deepEqual(operations(store, "write", "sync"), ["sync", "write", "sync"]);
});

/** Executes so many writes in a turn. */
function turnOf(store: Store, units: number): void {
  for (let i = 0; i < units; i++) store.run(0, ["INCR n"]);
  store.endTurn();
}

/** Twenty clients write together again and again, so long after they were answered; the device needs so long. */
async function rounds(store: Store, thinkMs: number, deviceMs: number): Promise<void> {
  for (let i = 0; i < 20; i++) {
    store.disk.hold();
    turnOf(store, 20);
    await store.clock.advance(deviceMs);
    store.disk.release();
    await store.clock.until("it is on the device", () => store.aof.syncedOffset === store.log.offset);
    await store.clock.advance(thinkMs);
  }
}

test("always: on a slow device a sync waits for the clients that the last one has served", async () => {
  const store = await running("always");
  await rounds(store, 3, 20);
  turnOf(store, 17);
  assert.equal(store.aof.pendingSyncs, 0);
  turnOf(store, 1);
  assert.equal(store.aof.pendingSyncs, 1, "all but a few are back");
  await store.clock.until("it is on the device", () => store.aof.pendingSyncs === 0);
  turnOf(store, 3);
  assert.equal(store.aof.pendingSyncs, 0);
  await turns(store, 60);
  assert.equal(store.aof.syncedOffset, store.log.offset, "if they do not come back, it goes on without them");
});

test("always: while clients come back, a sync waits for them, however quick the device is", async () => {
  const store = await running("always");
  await rounds(store, 20, 1);
  for (let i = 0; i < 17; i++) {
    turnOf(store, 1);
    await store.clock.turn();
    assert.equal(store.aof.pendingSyncs, 0);
  }
  turnOf(store, 1);
  assert.equal(store.aof.pendingSyncs, 1, "what is missing is little");
});

test("always: a client that comes back alone waits for the others no longer than two syncs take", async () => {
  const store = await running("always");
  await rounds(store, 20, 5);
  turnOf(store, 1);
  assert.equal(store.aof.pendingSyncs, 0);
  await turns(store, 20);
  assert.equal(store.aof.syncedOffset, store.log.offset);
});

test("always: a client that is alone never waits for company", async () => {
  const store = await running("always");
  increments(store, 1);
  await turns(store, 5);
  for (let i = 0; i < 5; i++) {
    const acknowledged = increments(store, 1);
    assert.equal(store.aof.pendingSyncs, 1);
    await store.clock.until("it is on the device", () => store.aof.pendingSyncs === 0);
    assert.equal(acknowledged(), 1);
  }
});

test("no: nothing is synced before the end", async () => {
  const store = await running("no");
  increments(store, 3);
  await store.clock.advance(10_000);
  assert.equal(await counter(store.disk.afterPowerLoss("synced")), 0);
  await store.clock.run(store.aof.close());
  assert.equal(await counter(store.disk.afterPowerLoss("synced")), 3);
});

test("the policy can change while the server runs", async () => {
  const store = await running("no");
  increments(store, 2);
  store.aof.setPolicy("always");
  await store.clock.advance(5);
  assert.equal(await counter(store.disk.afterPowerLoss("synced")), 2);
  const acknowledged = increments(store, 1);
  assert.equal(acknowledged(), 0);
  store.aof.setPolicy("everysec");
  assert.equal(acknowledged(), 1);
  store.aof.setPolicy("no");
  await store.clock.advance(5);
  const memory = store.log.memoryBytes;
  for (let i = 0; i < 1000; i++) increments(store, 1);
  assert.equal(store.log.memoryBytes, memory);
});

test("a short write goes on where it stopped", async () => {
  const store = await running("everysec");
  store.disk.shortWrites = 0.8;
  const acknowledged = increments(store, 200);
  assert.equal(acknowledged(), 200);
  assert.equal(content(store), FIRST + INCREMENT.repeat(199));
});

test("a full disk: the file ends in a whole unit, writes are refused, and it recovers by itself", async () => {
  const store = await running("everysec");
  increments(store, 3);
  const before = content(store);
  store.disk.room = 10;
  const acknowledged = increments(store, 2);
  assert.equal(store.aof.canWrite, false);
  assert.ok(store.aof.health.isFailing);
  assert.match(store.aof.health.lastError, /space|ENOSPC/i);
  assert.equal(acknowledged(), 0);
  assert.equal(content(store), before);
  await store.clock.advance(5000);
  assert.equal(store.aof.canWrite, false);
  assert.equal(store.failures.length, 1);
  assert.equal(
    await counter(store.disk.afterPowerLoss("synced")),
    3,
    "what was written is synced all the same",
  );
  store.disk.room = Number.POSITIVE_INFINITY;
  await store.clock.advance(1100);
  assert.equal(store.aof.canWrite, true);
  assert.equal(acknowledged(), 2);
  assert.equal(content(store), before + INCREMENT.repeat(2));
  assert.ok(store.lines.some((line) => line.includes("AOF write error looks solved")));
  increments(store, 1);
  assert.equal(await counter(store.disk.afterProcessDeath()), 6);
});

test("a full disk that does not let the file be cut: the unit is finished when there is room", async () => {
  const store = await running("everysec");
  increments(store, 1);
  store.disk.room = 10;
  const failure = store.disk.fail({ operation: "truncate" });
  const acknowledged = increments(store, 2);
  assert.equal(content(store), FIRST + INCREMENT.slice(0, 10));
  assert.equal(await counter(store.disk.afterProcessDeath()), 1);
  store.disk.room = Number.POSITIVE_INFINITY;
  await store.clock.advance(1100);
  failure.stop();
  assert.equal(acknowledged(), 2);
  assert.equal(content(store), FIRST + INCREMENT.repeat(2));
});

test("a write that fails on the thread pool is queued like any other", async () => {
  const store = await running("everysec");
  increments(store, 1);
  store.disk.hold();
  await store.clock.advance(1100);
  const acknowledged = increments(store, 2);
  const failure = store.disk.fail({ operation: "write", code: "EIO" });
  store.disk.release();
  await store.clock.advance(5);
  assert.equal(store.aof.canWrite, false);
  assert.equal(acknowledged(), 0);
  failure.stop();
  await store.clock.advance(1200);
  assert.equal(acknowledged(), 2);
  assert.equal(content(store), FIRST + INCREMENT.repeat(2));
});

for (const policy of ["everysec", "always"] as const) {
  test(`${policy}: after a failed sync the log goes on in a new file, and the old one is never trusted again`, async () => {
    const store = await running(policy);
    increments(store, 3);
    await store.clock.advance(1200);
    const good = content(store);
    const failure = store.disk.fail({ operation: "sync", path: INCR, times: 1 });
    const acknowledged = increments(store, 2);
    await store.clock.advance(1200);
    failure.stop();
    assert.equal(acknowledged(), 2);
    assert.equal(store.failures.length, 1);
    assert.equal(store.aof.canWrite, true);
    assert.equal(content(store), good);
    const carried = Buffer.from(resp("SELECT 0") + INCREMENT.repeat(2));
    assert.equal(
      content(store, NEXT_INCR),
      formatContinuation({
        seq: 1,
        position: good.length,
        length: good.length + INCREMENT.length * 2,
        carried: carried.length,
        crc: crc32(carried),
      }) + carried.toString(),
    );
    assert.match(content(store, MANIFEST), /appendonly\.aof\.2\.incr\.aof seq 2 type i\n$/);
    increments(store, 1);
    await store.clock.advance(1200);
    for (const survival of ["synced", "random", "everything"] as const)
      assert.equal(await counter(store.disk.afterPowerLoss(survival)), 6, survival);
    const onOld = store.disk.record.filter(({ path }) => path === INCR).map(({ operation }) => operation);
    const failed = onOld.lastIndexOf("truncate");
    assert.deepEqual(
      onOld.slice(failed).filter((operation) => operation !== "read" && operation !== "open"),
      ["truncate", "sync"],
    );
  });
}

test("always: a write that was executed but never synced is not acknowledged", async () => {
  const store = await running("always");
  store.disk.fail({ operation: "sync" });
  const acknowledged = increments(store, 1);
  await store.clock.advance(10_000);
  assert.equal(acknowledged(), 0);
  assert.equal(store.aof.canWrite, false);
});

const STEPS: { operation: DiskOperation; path: string }[] = [
  { operation: "open", path: NEXT_INCR },
  { operation: "write", path: NEXT_INCR },
  { operation: "sync", path: NEXT_INCR },
  { operation: "truncate", path: INCR },
  { operation: "sync", path: INCR },
  { operation: "rename", path: MANIFEST },
  { operation: "syncDirectory", path: "" },
];
for (const { operation, path } of STEPS) {
  test(`a new file that cannot be had (${operation} ${path.split("/").at(-1)}): refused until it can`, async () => {
    const store = await running("everysec");
    increments(store, 3);
    const first = store.disk.fail({ operation: "sync", path: INCR });
    const failure = store.disk.fail({ operation, path });
    await store.clock.advance(3500);
    first.stop();
    if (operation !== "sync" || path !== INCR) await store.clock.advance(2500);
    const acknowledged = increments(store, 2);
    assert.equal(store.aof.canWrite, false);
    assert.equal(acknowledged(), 0);
    assert.equal(await counter(store.disk.afterProcessDeath()), 3);
    failure.stop();
    await store.clock.advance(1200);
    assert.equal(store.aof.canWrite, true);
    assert.equal(acknowledged(), 2);
    await store.clock.advance(1200);
    assert.equal(await counter(store.disk.afterPowerLoss("synced")), 5);
    assert.equal(store.failures.length, 1);
  });
}

test("one new file after another", async () => {
  const store = await running("always");
  for (let i = 1; i <= 4; i++) {
    store.disk.fail({ operation: "sync", path: `.${i}.incr.aof`, times: 1 });
    const acknowledged = increments(store, 3);
    await store.clock.advance(50);
    assert.equal(acknowledged(), 3);
  }
  assert.equal(await counter(store.disk.afterPowerLoss("synced")), 12);
  assert.match(content(store, MANIFEST), /\.5\.incr\.aof seq 5 type i\n$/);
});

test("a new file selects the database that its first bytes belong to", async () => {
  const store = await running("everysec");
  store.run(3, ["SET a 1"]);
  store.endTurn();
  await store.clock.advance(1200);
  store.disk.fail({ operation: "sync", path: INCR, times: 1 });
  store.run(3, ["SET b 1"]);
  store.endTurn();
  await store.clock.advance(1200);
  store.run(3, ["SET c 1"]);
  store.endTurn();
  const { dataset } = await new Store(
    store.disk.afterProcessDeath(queueMicrotask),
    new SimulatedClock(),
  ).start();
  assert.deepEqual([...dataset.values.keys()], ["3/a", "3/b", "3/c"]);
});

test("close writes and syncs what there is; while the disk fails it rejects and the file stays in use", async () => {
  const store = await running("everysec");
  increments(store, 2);
  store.disk.room = 5;
  increments(store, 1);
  await assert.rejects(store.clock.run(store.aof.close()), /space|ENOSPC/i);
  store.disk.room = Number.POSITIVE_INFINITY;
  await store.clock.run(store.aof.close());
  assert.equal(await counter(store.disk.afterPowerLoss("synced")), 3);
});

test("while the manifest cannot name the new file, the old one has everything", async () => {
  const store = await running("everysec");
  increments(store, 3);
  const first = store.disk.fail({ operation: "sync", path: INCR, times: 1 });
  const failure = store.disk.fail({ operation: "rename", path: MANIFEST });
  await store.clock.advance(3500);
  assert.equal(store.aof.isBroken, true);
  assert.equal(
    content(store, INCR).split("INCR").length - 1,
    content(store, NEXT_INCR).split("INCR").length - 1,
  );
  first.stop();
  failure.stop();
  await store.clock.advance(1500);
  increments(store, 1);
  await store.clock.advance(1500);
  assert.equal(content(store, INCR).includes("INCR"), false);
  assert.equal(await counter(store.disk.afterPowerLoss("synced")), 4);
});

test("no, then always: while writes may be missing, who waits for none of them is not held up", async () => {
  const store = await running("no");
  increments(store, 2);
  await store.clock.advance(10);
  store.disk.fail({ operation: "sync", path: INCR, times: 1 });
  store.aof.setPolicy("always");
  await store.clock.advance(3000);
  assert.equal(store.aof.canWrite, true);
  const acknowledged = increments(store, 1);
  await store.clock.advance(1000);
  assert.equal(acknowledged(), 0);
  assert.equal(store.aof.durableOffset, -1);
  assert.equal(store.aof.ackOffset, 0);
});

test("close after a failed sync goes through a new file", async () => {
  const store = await running("everysec");
  increments(store, 2);
  store.disk.fail({ operation: "sync", path: INCR, times: 1 });
  await store.clock.run(store.aof.close());
  assert.equal(await counter(store.disk.afterPowerLoss("synced")), 2);
});

test("latency events", async () => {
  const store = await running("always");
  const events = new Set<string>();
  store.aof.onLatency = (event, milliseconds) => {
    assert.ok(milliseconds >= 0);
    events.add(event);
  };
  increments(store, 1);
  await store.clock.advance(5);
  assert.deepEqual([...events], ["aof-write", "aof-write-alone", "aof-fsync-always"]);
});

for (const policy of ["always", "everysec", "no"] as const) {
  test(`${policy}: the watermarks pass over what only replicas take`, async () => {
    const store = await running(policy);
    store.log.listen("replicas", true);
    const ping = Buffer.from(resp("PING"));
    const relay = (): void => {
      store.log.append(-1, ping, 0, ping.length, undefined, false);
      store.endTurn();
    };
    relay();
    assert.equal(store.aof.writtenOffset, store.log.offset);
    assert.equal(store.aof.syncedOffset, store.log.offset);
    increments(store, 2);
    relay();
    const acknowledged = increments(store, 1);
    relay();
    await turns(store, 3000);
    assert.equal(store.aof.writtenOffset, store.log.offset);
    if (policy !== "no") assert.equal(store.aof.syncedOffset, store.log.offset);
    assert.equal(acknowledged(), 1);
    assert.equal(content(store), FIRST + INCREMENT + INCREMENT);
    assert.equal(store.aof.currentBytes, store.aof.baseBytes + content(store).length);
  });
}
