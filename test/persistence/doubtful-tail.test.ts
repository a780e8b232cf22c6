/**
 * What a failed sync leaves behind a process that died before it could go on in another file: bytes that programs can
 * read and that the device never gets, however often the file is synced.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AofLocation } from "#tidemark/persistence/directory.js";
import { StartError } from "#tidemark/persistence/start-error.js";
import { SeededChance } from "../support/chance.js";
import { SimulatedClock } from "../support/clock.js";
import { SimulatedDisk } from "../support/disk.js";
import { INCR, LOCATION, NEXT_INCR, Store, type StoreOptions } from "./store.js";

const LAYOUTS: readonly StoreOptions[] = [
  { policy: "always", seals: true },
  { policy: "always", seals: false },
  { policy: "always", seals: false, location: { ...LOCATION, "aof-layout": "single" } satisfies AofLocation },
];

function nameOf({ seals, location }: StoreOptions): string {
  return `${location?.["aof-layout"] ?? "multi-part"}, ${seals ? "sealed" : "without seals"}`;
}

function machine(): { disk: SimulatedDisk; clock: SimulatedClock } {
  const clock = new SimulatedClock();
  const disk = new SimulatedDisk(new SeededChance(3), (action) => void clock.after(1, action));
  disk.placeDirectory("/data");
  return { disk, clock };
}

async function restarted(disk: SimulatedDisk, options: StoreOptions): Promise<Store> {
  return new Store(disk.afterProcessDeath(queueMicrotask), new SimulatedClock(), options).start();
}

/** Runs INCR n; whether it has been acknowledged a second later. */
async function incremented(store: Store): Promise<boolean> {
  let isAcknowledged = false;
  store.incr("n", () => {
    isAcknowledged = true;
  });
  await store.clock.advance(1000);
  return isAcknowledged;
}

/** The disk after an acknowledged INCR, one that could not be synced, and the death of the process. */
async function afterFailedSync(options: StoreOptions): Promise<SimulatedDisk> {
  const { disk, clock } = machine();
  const store = await new Store(disk, clock, options).start();
  assert.equal(await incremented(store), true);
  disk.fail({ operation: "sync", times: 1 });
  disk.fail({ operation: "open" });
  assert.equal(await incremented(store), false);
  return disk;
}

for (const options of LAYOUTS) {
  test(`${nameOf(options)}: a start does not trust its own sync of what a run before it has written`, async () => {
    const second = await restarted(await afterFailedSync(options), options);
    assert.equal(second.dataset.values.get("0/n"), "2");
    assert.equal(await incremented(second), true);
    const third = await restarted(second.disk.afterPowerLoss("synced"), options);
    assert.equal(third.dataset.values.get("0/n"), "3");
  });

  test(`${nameOf(options)}: a start that cannot make sure of the file refuses, and the next one may`, async () => {
    const disk = (await afterFailedSync(options)).afterProcessDeath(queueMicrotask);
    const failure = disk.fail({ operation: "sync", path: "appendonly.aof" });
    await assert.rejects(new Store(disk, new SimulatedClock(), options).start(), StartError);
    failure.stop();
    const second = await restarted(disk, options);
    assert.equal(await incremented(second), true);
    const third = await restarted(second.disk.afterPowerLoss("synced"), options);
    assert.equal(third.dataset.values.get("0/n"), "3");
  });
}

test("a continuation that could not be synced is made sure of before the file that it continues is cut", async () => {
  const options: StoreOptions = { policy: "always", seals: true };
  const { disk, clock } = machine();
  const store = await new Store(disk, clock, options).start();
  assert.equal(await incremented(store), true);
  disk.fail({ operation: "sync" });
  assert.equal(await incremented(store), false);
  assert.ok(disk.stat(NEXT_INCR)!.bytes > 0);
  const before = disk.stat(INCR)!.bytes;
  const second = await restarted(disk, options);
  assert.ok(second.disk.stat(INCR)!.bytes < before);
  assert.equal(second.dataset.values.get("0/n"), "2");
  assert.equal(await incremented(second), true);
  const third = await restarted(second.disk.afterPowerLoss("synced"), options);
  assert.equal(third.dataset.values.get("0/n"), "3");
});

for (const options of LAYOUTS)
  test(`${nameOf(options)}: a start makes sure of names that a run before it has left`, async () => {
    for (let after = 0; after < 5; after++) {
      const { disk, clock } = machine();
      const failure = disk.fail({ operation: "syncDirectory", after });
      await new Store(disk, clock, options).start().catch((error) => assert.ok(error instanceof StartError));
      failure.stop();
      const second = await restarted(disk, options);
      assert.equal(await incremented(second), true);
      const third = await restarted(second.disk.afterPowerLoss("synced"), options);
      assert.equal(third.dataset.values.get("0/n"), "1", `directory sync ${after}`);
    }
  });

test("what was let go of before a sync failed is made sure of too, in the file before the continuation", async () => {
  const options: StoreOptions = { policy: "always", seals: true };
  const { disk, clock } = machine();
  const store = await new Store(disk, clock, { ...options, policy: "no" }).start();
  assert.equal(await incremented(store), true);
  disk.fail({ operation: "sync", path: INCR, times: 1 });
  store.aof.setPolicy("always");
  assert.equal(await incremented(store), false, "only a rewrite would make the log whole");
  assert.deepEqual(
    store.directory.manifest.incrs.map(({ seq }) => seq),
    [1, 2],
  );
  const second = await restarted(disk, options);
  assert.equal(second.dataset.values.get("0/n"), "2");
  assert.equal(await incremented(second), true);
  const third = await restarted(second.disk.afterPowerLoss("synced"), options);
  assert.equal(third.dataset.values.get("0/n"), "3");
});
