import assert from "node:assert/strict";
import { test } from "node:test";
import type { DiskFile } from "#tidemark/platform/disk.js";
import { SeededChance } from "./chance.js";
import { SimulatedDisk } from "./disk.js";

function writeAll(file: DiskFile, text: string): void {
  const bytes = Buffer.from(text);
  assert.equal(file.write(bytes, 0, bytes.length), bytes.length);
}

function text(disk: SimulatedDisk, path: string): string | null {
  return disk.readFile(path)?.toString() ?? null;
}

function diskWith(path: string): { disk: SimulatedDisk; file: DiskFile } {
  const disk = new SimulatedDisk();
  disk.placeDirectory("/data");
  return { disk, file: disk.open(path, "append") };
}

test("after a power loss there are the synced bytes under the synced names", async () => {
  const { disk, file } = diskWith("/data/log");
  writeAll(file, "one");
  await file.sync();
  writeAll(file, "two");
  assert.equal(text(disk.afterPowerLoss("synced"), "/data/log"), null, "the name was never synced");
  disk.syncDirectoryOf("/data/log");
  assert.equal(text(disk.afterPowerLoss("synced"), "/data/log"), "one");
  assert.equal(text(disk.afterProcessDeath(), "/data/log"), "onetwo");
  assert.equal(disk.unsyncedBytes("/data/log"), 3);
});

test("a random power loss leaves a beginning of what was written, and replays with the seed", () => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const disk = new SimulatedDisk(new SeededChance(seed));
    disk.place("/data/log", "A");
    const file = disk.open("/data/log", "append");
    writeAll(file, "bc");
    writeAll(file, "de");
    outcomes.add(text(disk.afterPowerLoss("random"), "/data/log") ?? "");
  }
  assert.deepEqual([...outcomes].sort(), ["A", "Ab", "Abc", "Abcd", "Abcde"]);
});

test("a rename survives whole or not at all", () => {
  const { disk, file } = diskWith("/data/temp");
  writeAll(file, "new");
  file.syncNow();
  disk.place("/data/name", "old");
  disk.rename("/data/temp", "/data/name");
  assert.equal(text(disk, "/data/name"), "new");
  assert.equal(text(disk.afterPowerLoss("synced"), "/data/name"), "old");
  disk.syncDirectoryOf("/data/name");
  const after = disk.afterPowerLoss("synced");
  assert.deepEqual([text(after, "/data/name"), text(after, "/data/temp")], ["new", null]);
});

test("after a failed sync a second one saves nothing", async () => {
  const { disk, file } = diskWith("/data/log");
  disk.syncDirectoryOf("/data/log");
  writeAll(file, "ab");
  disk.fail({ operation: "sync", times: 1 });
  await assert.rejects(file.sync(), { code: "EIO" });
  writeAll(file, "cd");
  await file.sync();
  assert.equal(text(disk, "/data/log"), "abcd", "the cache still shows it");
  assert.equal(text(disk.afterPowerLoss("synced"), "/data/log"), "\0\0cd");
  const restarted = disk.afterProcessDeath();
  assert.equal(text(restarted, "/data/log"), "abcd", "and so it does to the next process");
  assert.equal(text(restarted.afterPowerLoss("synced"), "/data/log"), "\0\0cd");
});

test("the death of the process leaves names and bytes as they are, and unsynced", () => {
  const { disk, file } = diskWith("/data/log");
  writeAll(file, "ab");
  disk.rename("/data/log", "/data/renamed");
  const restarted = disk.afterProcessDeath();
  assert.equal(text(restarted, "/data/renamed"), "ab");
  assert.equal(restarted.unsyncedBytes("/data/renamed"), 2);
  assert.deepEqual(restarted.afterPowerLoss("synced").list("/data"), []);
  restarted.place("/data/other", "x");
  assert.deepEqual(disk.list("/data"), ["renamed"], "it is a disk of its own");
});

test("a full disk takes what fits and then refuses", () => {
  const { disk, file } = diskWith("/data/log");
  disk.room = 4;
  assert.equal(file.write(Buffer.from("abcdef"), 0, 6), 4);
  assert.throws(() => file.write(Buffer.from("gh"), 0, 2), { code: "ENOSPC" });
  disk.room = 10;
  assert.equal(file.write(Buffer.from("gh"), 0, 2), 2);
  assert.deepEqual(
    disk.record.filter(({ operation }) => operation === "write").map(({ bytes, failed }) => failed ?? bytes),
    [4, "ENOSPC", 2],
  );
});

test("failures hit the chosen operation, path and occasion", () => {
  const { disk, file } = diskWith("/data/log");
  disk.fail({ operation: "write", path: "other" });
  const failing = disk.fail({ operation: "write", path: "log", after: 1, times: 1 });
  writeAll(file, "a");
  assert.throws(() => writeAll(file, "b"), { code: "EIO", path: "/data/log" });
  writeAll(file, "c");
  failing.stop();
  disk.fail({ operation: "syncDirectory", code: "EROFS" });
  assert.throws(() => disk.syncDirectoryOf("/data/log"), { code: "EROFS" });
  assert.equal(text(disk, "/data/log"), "ac");
});

test("held syncs wait for the test and cover only what came before them", async () => {
  const { disk, file } = diskWith("/data/log");
  disk.syncDirectoryOf("/data/log");
  disk.hold();
  writeAll(file, "a");
  const sync = file.sync();
  writeAll(file, "b");
  assert.equal(disk.holding, 1);
  assert.equal(text(disk.afterPowerLoss("synced"), "/data/log"), "");
  disk.release();
  await sync;
  assert.equal(text(disk.afterPowerLoss("synced"), "/data/log"), "a");
});

test("short writes take a part, and the file holds exactly that part", () => {
  const disk = new SimulatedDisk(new SeededChance(7));
  disk.placeDirectory("/data");
  disk.shortWrites = 1;
  const file = disk.open("/data/log", "create");
  const taken = file.write(Buffer.from("abcdefgh"), 0, 8);
  assert.ok(taken >= 1 && taken < 8);
  assert.equal(text(disk, "/data/log"), "abcdefgh".slice(0, taken));
});
