import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyBase } from "#tidemark/persistence/empty-snapshot.js";
import { StartError } from "#tidemark/persistence/start-error.js";
import { isEmptySnapshot } from "#tidemark/snapshot/rdb/inspection.js";
import { Crc64 } from "#tidemark/util/crc64.js";
import { SimulatedClock } from "../support/clock.js";
import { SimulatedDisk } from "../support/disk.js";
import { afterEveryOperation } from "./crash-states.js";
import { AOF, BASE, INCR, MANIFEST, ORIGIN, resp, Store, type StoreOptions } from "./store.js";

const MANIFEST_OF_FIRST =
  "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n";

function newDisk(): SimulatedDisk {
  const disk = new SimulatedDisk();
  disk.placeDirectory("/data");
  return disk;
}

function start(disk: SimulatedDisk, options: StoreOptions = {}): Promise<Store> {
  return new Store(disk, new SimulatedClock(), options).start();
}

/** The start is refused with such a message, and no file is changed. */
async function refused(disk: SimulatedDisk, ...parts: (string | RegExp)[]): Promise<void> {
  const before = files(disk);
  await assert.rejects(start(disk), (error) => {
    assert.ok(error instanceof StartError, String(error));
    for (const part of parts)
      assert.ok(
        typeof part === "string" ? error.message.includes(part) : part.test(error.message),
        error.message,
      );
    return true;
  });
  assert.deepEqual(files(disk), before);
}

function files(disk: SimulatedDisk): Record<string, string> {
  const found: Record<string, string> = {};
  for (const directory of ["/data", AOF])
    for (const name of disk.list(directory) ?? []) {
      if (disk.stat(`${directory}/${name}`)?.isDirectory !== false) continue;
      found[`${directory}/${name}`] = disk.readFile(`${directory}/${name}`)!.toString("latin1");
    }
  return found;
}

test("a first start makes an empty base, an incr file and a manifest, all on the device", async () => {
  const disk = newDisk();
  const store = await start(disk);
  for (const survivor of [disk, disk.afterPowerLoss("synced")]) {
    assert.deepEqual(Object.keys(files(survivor)), [BASE, INCR, MANIFEST]);
    assert.equal(survivor.readFile(MANIFEST)!.toString(), MANIFEST_OF_FIRST);
    assert.equal(survivor.readFile(INCR)!.length, 0);
    const base = survivor.readFile(BASE)!;
    assert.ok(isEmptySnapshot(base));
  }
  assert.ok(
    store.lines.some((line) =>
      line.includes("Creating AOF base file appendonly.aof.1.base.rdb on server start"),
    ),
  );
});

test("a second start takes what is there", async () => {
  const disk = newDisk();
  const store = await start(disk);
  store.incr("a");
  const again = await start(disk.afterProcessDeath());
  assert.equal(again.dataset.values.get("0/a"), "1");
  again.incr("a");
  const third = await start(again.disk.afterProcessDeath());
  assert.equal(third.dataset.values.get("0/a"), "2");
});

test("a crash after any step of the first start leaves a state that starts", async () => {
  const disk = newDisk();
  const states: SimulatedDisk[] = [];
  afterEveryOperation(disk, () => {
    for (const survival of ["synced", "random", "everything"] as const)
      states.push(disk.afterPowerLoss(survival));
  });
  await start(disk);
  assert.ok(states.length > 30);
  for (const state of states) {
    const store = await start(state);
    store.incr("a");
    assert.equal((await start(state.afterProcessDeath())).dataset.values.get("0/a"), "1");
  }
});

test("temporary files of runs that died are removed, and history files", async () => {
  const disk = newDisk();
  await start(disk);
  disk.place(`${AOF}/temp-appendonly.aof.manifest`, "half");
  disk.place(`${AOF}/appendonly.aof.0.incr.aof`, "old");
  disk.place(`${AOF}/other`, "not ours");
  disk.place(MANIFEST, `file appendonly.aof.0.incr.aof seq 0009 type h\n${MANIFEST_OF_FIRST}`);
  await start(disk);
  assert.deepEqual(disk.list(AOF)!.length, 4);
  assert.equal(disk.readFile(MANIFEST)!.toString(), MANIFEST_OF_FIRST);
});

test("a single file of an older Redis becomes the base", async () => {
  const disk = newDisk();
  disk.place("/data/appendonly.aof", resp("SELECT 0", "SET a 1"));
  const store = await start(disk);
  assert.equal(store.dataset.values.get("0/a"), "1");
  assert.equal(disk.stat("/data/appendonly.aof"), null);
  assert.equal(
    disk.readFile(MANIFEST)!.toString(),
    "file appendonly.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n",
  );
  store.incr("a");
  assert.equal((await start(disk.afterProcessDeath())).dataset.values.get("0/a"), "2");
});

test("a crash while the single file moves leaves it inside or outside, and the next start finds it", async () => {
  for (const operation of ["rename", "syncDirectory"] as const) {
    for (let after = 0; after < 4; after++) {
      const disk = newDisk();
      disk.place("/data/appendonly.aof", resp("SELECT 0", "SET a 1"));
      disk.fail({ operation, after });
      await start(disk).catch((error) => assert.ok(error instanceof StartError));
      for (const survival of ["synced", "everything"] as const) {
        const store = await start(disk.afterPowerLoss(survival));
        assert.equal(store.dataset.values.get("0/a"), "1", `${operation} ${after} ${survival}`);
      }
    }
  }
});

/** A snapshot with the key "a" in database 0, whose value is `value`. */
function dump(value: string): Buffer {
  const body = Buffer.from(
    `REDIS0010\xfe\x00\x00\x01a${String.fromCharCode(value.length)}${value}\xff`,
    "latin1",
  );
  return Buffer.concat([body, new Crc64().update(body).bytes()]);
}

test("a dump alone becomes the base, whenever the start is cut short", async () => {
  for (const survival of ["synced", "everything"] as const) {
    for (const operation of ["open", "write", "sync", "rename", "syncDirectory", "makeDirectory"] as const) {
      for (let after = 0; after < 6; after++) {
        const disk = newDisk();
        disk.place("/data/dump.rdb", dump("1"));
        disk.fail({ operation, after });
        await start(disk).catch((error) => assert.ok(error instanceof StartError, String(error)));
        const store = await start(disk.afterPowerLoss(survival));
        assert.equal(store.dataset.values.get("0/a"), "1", `${operation} ${after} ${survival}`);
        store.incr("a");
        const again = await start(store.disk.afterProcessDeath());
        assert.equal(again.dataset.values.get("0/a"), "2");
        assert.deepEqual(again.disk.readFile("/data/dump.rdb"), dump("1"));
      }
    }
  }
});

test("what a cut import has left does not count once the dump is another one", async () => {
  const disk = newDisk();
  disk.place("/data/dump.rdb", dump("1"));
  await start(disk);
  disk.remove(MANIFEST);
  disk.place("/data/dump.rdb", dump("2"));
  await refused(disk, BASE, "no manifest");
});

test("a dump that cannot be read is no reason to start empty", async () => {
  const disk = newDisk();
  const damaged = dump("1");
  damaged[15]! ^= 1;
  disk.place("/data/dump.rdb", damaged);
  await refused(disk, "/data/dump.rdb is damaged: a wrong checksum", "Nothing was changed", "check-rdb");
});

test("a dump without keys is no reason not to start", async () => {
  const disk = newDisk();
  disk.place("/data/dump.rdb", emptyBase(ORIGIN));
  await start(disk);
});

test("a damaged dump is not taken for an empty one", async () => {
  const disk = newDisk();
  const damaged = Buffer.from(emptyBase(ORIGIN));
  damaged[20]! ^= 1;
  disk.place("/data/dump.rdb", damaged);
  await refused(disk, "/data/dump.rdb is damaged");
});

test("a base in RDB format with keys is loaded before what follows", async () => {
  const disk = newDisk();
  await start(disk);
  disk.place(BASE, dump("7"));
  disk.place(INCR, resp("SELECT 0", "INCR a"));
  assert.equal((await start(disk)).dataset.values.get("0/a"), "8");
});

test("a base that is cut short or damaged is refused, untouched", async () => {
  for (const broken of [dump("7").subarray(0, 20), dump("7").fill(0x31, 13, 14)]) {
    const disk = newDisk();
    await start(disk);
    disk.place(BASE, broken);
    await refused(disk, `${BASE} is damaged`, "Nothing was changed");
  }
});

test("log files without a manifest are refused", async () => {
  const disk = newDisk();
  (await start(disk)).incr("a");
  disk.remove(MANIFEST);
  await refused(disk, INCR, "no manifest", "put a manifest back");
});

test("a listed file that is missing is refused", async () => {
  const disk = newDisk();
  await start(disk);
  disk.remove(INCR);
  await refused(
    disk,
    "Unable to obtain the AOF file appendonly.aof.1.incr.aof length. stat: No such file or directory",
  );
});

test("a damaged manifest is refused with Redis's words, the line and what to do", async () => {
  const disk = newDisk();
  await start(disk);
  disk.place(MANIFEST, "file x seq 1 type z\n");
  await refused(
    disk,
    "FATAL AOF MANIFEST FILE ERROR",
    "at line 1",
    ">>> 'file x seq 1 type z'",
    "Unknown AOF file type",
    MANIFEST,
  );
});

test("a directory that cannot be written to is refused at start", async () => {
  const fresh = newDisk();
  fresh.fail({ operation: "makeDirectory", code: "EACCES" });
  await refused(
    fresh,
    "Can't open or create append-only dir /data/appendonlydir",
    "Give the server's user the right",
  );
  const existing = newDisk();
  await start(existing);
  existing.writable = false;
  await refused(existing, "Can't open or create append-only dir", "Permission denied");
  existing.writable = true;
  for (const [after, text] of [
    [
      1,
      "can't open the append log file /data/appendonlydir/appendonly.aof.1.incr.aof for reading: Permission denied",
    ],
    [2, "cannot be brought to the device: Permission denied"],
    [3, "Can't open the append-only file /data/appendonlydir/appendonly.aof.1.incr.aof: Permission denied"],
  ] as const) {
    const failure = existing.fail({ operation: "open", path: "incr", code: "EACCES", after });
    await refused(existing, text);
    failure.stop();
  }
});

for (const operation of ["write", "sync", "rename", "syncDirectory"] as const) {
  test(`a first start whose ${operation} fails is refused, and a later one works`, async () => {
    const disk = newDisk();
    const failure = disk.fail({ operation, code: "EIO" });
    await assert.rejects(start(disk), StartError);
    failure.stop();
    const store = await start(disk);
    store.incr("a");
    assert.equal((await start(disk.afterProcessDeath())).dataset.values.get("0/a"), "1");
  });
}

test("a manifest that cannot be read is named", async () => {
  const disk = newDisk();
  await start(disk);
  disk.fail({ operation: "read", path: "manifest", code: "EACCES" });
  await assert.rejects(
    start(disk),
    /Can't open the AOF manifest file \S+\.manifest for reading: Permission denied/,
  );
});
