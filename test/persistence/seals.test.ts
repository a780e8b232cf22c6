/** Checksums, marks and timestamps between the commands of a log file. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSeal } from "#tidemark/log/seal.js";
import { StartError } from "#tidemark/persistence/start-error.js";
import { SeededChance } from "../support/chance.js";
import { SimulatedClock } from "../support/clock.js";
import { SimulatedDisk } from "../support/disk.js";
import { INCR, NEXT_INCR, REPLID, resp, Store, type StoreOptions } from "./store.js";

async function running(options: StoreOptions = {}): Promise<Store> {
  const clock = new SimulatedClock();
  const disk = new SimulatedDisk(new SeededChance(7), (action) => void clock.after(1, action));
  disk.placeDirectory("/data");
  return new Store(disk, clock, { seals: true, ...options }).start();
}

function again(disk: SimulatedDisk, options: StoreOptions = {}): Promise<Store> {
  return new Store(disk, new SimulatedClock(), { seals: true, ...options }).start();
}

function content(disk: SimulatedDisk, path = INCR): string {
  return disk.readFile(path)!.toString("latin1");
}

function lines(disk: SimulatedDisk, path = INCR): string[] {
  return content(disk, path)
    .split(/(?<=\n)/)
    .filter((line) => line.startsWith("#"));
}

/** A log that was closed in order, with seals at its beginning, in the middle and at its end. */
async function closed(): Promise<{ disk: SimulatedDisk; store: Store }> {
  const store = await running();
  store.run(0, ["INCR n", "SET value abcdefghij"]);
  store.endTurn();
  await store.clock.advance(1500);
  store.run(0, [`SET value ${"v".repeat(100)}`]);
  store.endTurn();
  await store.clock.run(store.aof.close());
  return { disk: store.disk.afterProcessDeath(queueMicrotask), store };
}

async function refusal(disk: SimulatedDisk, options: StoreOptions = {}): Promise<string> {
  const before = content(disk);
  let message = "";
  await assert.rejects(again(disk, options), (error) => {
    assert.ok(error instanceof StartError, String(error));
    message = error.message;
    return true;
  });
  assert.equal(content(disk), before, "nothing was changed");
  return message;
}

test("a seal stands at the beginning, after a second with writes, and at the end", async () => {
  const { disk, store } = await closed();
  const seals = lines(disk).map((line) => parseSeal(line)!);
  assert.equal(seals.length, 3);
  assert.equal(seals[0]!.position, 0);
  assert.deepEqual(seals.at(-1)!.mark, { replid: REPLID, offset: store.log.offset });
  assert.ok(seals[1]!.mark!.offset < store.log.offset);
  await store.clock.advance(5000);
  assert.equal(lines(disk).length, 3, "idle time makes no seals");
});

test("a seal follows 64 KiB at the latest, in the same write as the block before it", async () => {
  const store = await running();
  const first = lines(store.disk).length;
  store.disk.record.length = 0;
  store.run(0, [`SET value ${"v".repeat(70_000)}`]);
  store.endTurn();
  assert.equal(lines(store.disk).length, first + 1);
  assert.equal(store.disk.record.filter(({ operation }) => operation === "write").length, 1);
});

test("a changed byte anywhere before the last seal is found, and said where it is", async () => {
  const { disk } = await closed();
  const text = content(disk);
  const last = text.lastIndexOf("#TIDEMARK");
  for (const mask of [0x01, 0x40, 0xff])
    for (let at = 0; at < last; at++) {
      const damaged = disk.afterProcessDeath();
      damaged.damage(INCR, at, mask);
      const message = await refusal(damaged);
      const [, from, until] = /between offset (\d+) and (\d+)/.exec(message) ?? [];
      assert.ok(Number(from) <= at && Number(until) >= at, `byte ${at}, mask ${mask}: ${message}`);
      assert.ok(message.includes(`tidemark check-aof ${INCR}`), message);
    }
});

test("missing and inserted bytes are found too", async () => {
  const { disk } = await closed();
  const text = content(disk);
  const block = resp("MULTI", "INCR n", "SET value abcdefghij", "EXEC");
  assert.ok(text.includes(block));
  const sealed = text.indexOf("\n", text.indexOf("#TIDEMARK", text.indexOf(block))) + 1;
  for (const changed of [
    text.replace(block, ""),
    text.replace(block, block + block),
    text.slice(0, text.indexOf(block)) + text.slice(sealed),
  ]) {
    const damaged = disk.afterProcessDeath();
    damaged.place(INCR, changed);
    assert.match(await refusal(damaged), /checksum/);
  }
});

test("the mark of a log that ends with a seal is recovered, and not if a command follows", async () => {
  const { disk, store } = await closed();
  const second = await again(disk);
  assert.deepEqual(second.recovery.mark, { replid: REPLID, offset: store.log.offset });
  second.incr("n");
  const third = await again(second.disk.afterProcessDeath());
  assert.equal(third.recovery.mark, null);
  assert.equal(third.dataset.values.get("0/n"), "2");
});

test("what other runs and other servers have left without a seal is sealed by the next start", async () => {
  const { disk } = await closed();
  disk.place(INCR, content(disk) + resp("SELECT 0", "INCR n"));
  const store = await again(disk);
  assert.equal(store.dataset.values.get("0/n"), "2");
  assert.equal(lines(disk).length, 4);
  const damaged = disk.afterProcessDeath();
  damaged.damage(INCR, content(disk).lastIndexOf("INCR"), 1);
  await refusal(damaged);
});

test("without seals a file has none, and a file that has some still loads", async () => {
  const { disk } = await closed();
  const store = await again(disk, { seals: false });
  store.incr("n");
  await store.clock.run(store.aof.close());
  assert.equal(lines(disk).length, 3);
  assert.equal((await again(disk.afterProcessDeath())).dataset.values.get("0/n"), "2");
});

test("a hole where the device is known to have been is damage, behind that it is the crash's", async () => {
  const store = await running();
  store.incr("a");
  await store.clock.advance(2500);
  store.incr("b");
  await store.clock.advance(1050);
  store.incr("c");
  store.disk.fail({ operation: "sync", path: INCR, times: 1 });
  store.disk.fail({ operation: "open", path: NEXT_INCR });
  store.disk.hold();
  await store.clock.advance(1100);
  for (let i = 0; i < 3; i++) store.incr("d");
  store.disk.release();
  await store.clock.advance(50);
  const found = store.disk.afterPowerLoss("everything").afterProcessDeath(queueMicrotask);
  const text = content(found);
  assert.ok(text.includes("\0".repeat(20)) && text.includes(resp("INCR d")), "there is a hole");
  const loaded = await again(found);
  assert.deepEqual([...loaded.dataset.values.keys()], ["0/a", "0/b"]);

  const { disk } = await closed();
  disk.place(INCR, content(disk).replace("abcdefghij", "\0".repeat(10)));
  await refusal(disk);
});

test("aof-load-corrupt-tail-max-size: so much that makes no sense may be cut off at the end", async () => {
  for (const tail of ["garbage\r\n", `*2\r\n$4\r\nINCR\r\n$1\r\nnXYZ`]) {
    const { disk } = await closed();
    const good = content(disk);
    disk.place(INCR, good + tail);
    assert.match(await refusal(disk), /Bad file format reading the append only file/);
    await refusal(disk, { corruptTailMax: tail.length - 1 });
    await refusal(disk, { corruptTailMax: tail.length, loadTruncated: false });
    const store = await again(disk, { corruptTailMax: tail.length });
    assert.equal(store.dataset.values.get("0/n"), "1");
    assert.equal(content(disk), good);
  }
});

test("a damaged end is cut at the last seal that is right, also where it has been applied already", async () => {
  const { disk } = await closed();
  const text = content(disk);
  disk.place(INCR, text.replace("v".repeat(100), "w".repeat(100)));
  const store = await again(disk, { corruptTailMax: 1000 });
  assert.equal(store.dataset.values.get("0/value"), "abcdefghij");
  assert.ok(text.startsWith(content(disk)));
});

test("timestamps: a line for each second that has writes, before them", async () => {
  const store = await running({ timestamps: true, seals: false });
  for (const pause of [100, 400, 700, 2000]) {
    await store.clock.advance(pause);
    store.incr("n");
  }
  const end = Math.floor(store.clock.now() / 1000);
  assert.deepEqual(content(store.disk).split(/(?=#TS)/), [
    `#TS:${end - 3}\r\n${resp("SELECT 0", "INCR n", "INCR n")}`,
    `#TS:${end - 2}\r\n${resp("INCR n")}`,
    `#TS:${end}\r\n${resp("INCR n")}`,
  ]);
  assert.equal((await again(store.disk.afterProcessDeath(queueMicrotask))).dataset.values.get("0/n"), "4");
});
