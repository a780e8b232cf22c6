import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { StartError } from "#tidemark/persistence/start-error.js";
import { SimulatedClock } from "../support/clock.js";
import { SimulatedDisk } from "../support/disk.js";
import { AOF, INCR, MANIFEST, NEXT_INCR, resp, Store } from "./store.js";

async function diskWith(incr: string | Uint8Array): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  disk.placeDirectory("/data");
  await new Store(disk, new SimulatedClock()).start();
  disk.place(INCR, typeof incr === "string" ? Buffer.from(incr, "latin1") : incr);
  return disk;
}

function start(disk: SimulatedDisk, loadTruncated = true): Promise<Store> {
  return new Store(disk, new SimulatedClock(), { loadTruncated }).start();
}

async function refused(disk: SimulatedDisk, loadTruncated: boolean, ...parts: string[]): Promise<void> {
  const before = disk.readFile(INCR)!;
  await assert.rejects(start(disk, loadTruncated), (error) => {
    assert.ok(error instanceof StartError, String(error));
    for (const part of parts) assert.ok(error.message.includes(part), error.message);
    return true;
  });
  assert.deepEqual(disk.readFile(INCR), before);
}

/** What was cut off, and what is left. */
function cut(disk: SimulatedDisk): { kept: string; left: string } {
  const [name] = disk.list(AOF)!.filter((file) => file.includes(".incr.aof.cut-"));
  return {
    kept: disk.readFile(`${AOF}/${name}`)!.toString("latin1"),
    left: disk.readFile(INCR)!.toString("latin1"),
  };
}

const WHOLE = resp("SELECT 1", "SET a 1", "INCR a");

test("commands, databases, transactions and annotations", async () => {
  const text = `#TS:1566820488\r\n${WHOLE}${resp("MULTI", "SET b 1")}#note\r\n${resp("SELECT 2", "SET c 1", "EXEC")}`;
  const { dataset, recovery } = await start(await diskWith(text));
  assert.deepEqual(
    [...dataset.values],
    [
      ["1/a", "2"],
      ["1/b", "1"],
      ["2/c", "1"],
    ],
  );
  assert.equal(recovery.loadedBytes, recovery.totalBytes);
});

test("each file begins in database 0", async () => {
  const disk = await diskWith(resp("SELECT 5", "SET a 1"));
  disk.place(NEXT_INCR, resp("SET b 1"));
  disk.place(MANIFEST, `${disk.readFile(MANIFEST)}file appendonly.aof.2.incr.aof seq 2 type i\n`);
  assert.deepEqual([...(await start(disk)).dataset.values.keys()], ["5/a", "0/b"]);
});

test("every cut of the last file is loaded up to the last whole unit, and the rest is kept", async () => {
  const text = WHOLE + resp("MULTI", "SET b 1", "SET c 1", "EXEC");
  for (let length = WHOLE.length + 1; length < text.length; length++) {
    const disk = await diskWith(text.slice(0, length));
    const { dataset, lines } = await start(disk);
    assert.deepEqual([...dataset.values], [["1/a", "2"]]);
    assert.deepEqual(cut(disk), { left: WHOLE, kept: text.slice(WHOLE.length, length) });
    const warnings = lines.filter((line) => line.startsWith("warning")).join("\n");
    assert.match(
      warnings,
      /!!! Warning: short read while loading the AOF file appendonly\.aof\.1\.incr\.aof!!!$/m,
    );
    assert.match(warnings, /Truncating the AOF appendonly\.aof\.1\.incr\.aof at offset 71 .*\.cut-\d+$/m);
    assert.match(
      warnings,
      /AOF appendonly\.aof\.1\.incr\.aof loaded anyway because aof-load-truncated is enabled$/,
    );
    const isInside = text.slice(0, length).includes("MULTI\r\n");
    assert.equal(warnings.includes("Revert incomplete MULTI/EXEC transaction in AOF file"), isInside);
  }
});

test("what was cut off is on the device before the file is shorter", async () => {
  const disk = await diskWith(`${WHOLE}*1\r\n`);
  disk.fail({ operation: "truncate" });
  await assert.rejects(start(disk));
  assert.equal(cut(disk.afterPowerLoss("synced")).kept, "*1\r\n");
});

test("on a full disk an incomplete end is cut off all the same, and leaves nothing behind", async () => {
  const disk = await diskWith(`${WHOLE}*1\r\n`);
  disk.room = 0;
  const { dataset, lines } = await start(disk);
  assert.deepEqual([...dataset.values], [["1/a", "2"]]);
  assert.equal(disk.readFile(INCR)!.toString(), WHOLE);
  assert.deepEqual(
    disk.list(AOF)!.filter((name) => name.includes(".cut-")),
    [],
  );
  assert.match(lines.join("\n"), /at offset 71 .* are gone, since there is no room to keep them$/m);
});

test("an incomplete end that cannot be cut off is said so, and leaves nothing behind", async () => {
  const disk = await diskWith(`${WHOLE}*1\r\n`);
  disk.fail({ operation: "write", path: ".cut-", code: "EIO" });
  await refused(disk, true, INCR, "offset 71", "could not be cut off: Input/output error");
  assert.deepEqual(
    disk.list(AOF)!.filter((name) => name.includes(".cut-")),
    [],
  );
});

test("after a cut the file goes on", async () => {
  const disk = await diskWith(`${WHOLE}*1\r\n`);
  const store = await start(disk);
  store.run(1, ["INCR a"]);
  store.endTurn();
  assert.equal((await start(disk.afterProcessDeath())).dataset.values.get("1/a"), "3");
});

test("with aof-load-truncated no an incomplete end is refused", async () => {
  await refused(
    await diskWith(`${WHOLE}*1\r\n`),
    false,
    "Unexpected end of file reading the append only file",
    INCR,
    `offset ${WHOLE.length}`,
  );
  await refused(await diskWith(`${WHOLE}${resp("MULTI")}`), false, "Unexpected end of file");
});

test("zeros at the end, as file systems leave them after a power loss, are an incomplete end", async () => {
  for (const half of ["", "*2\r\n$4\r\nIN", "*2\r\n$4\r\nINCR\r\n$900\r\n", "#TS:15"]) {
    const tail = half + "\0".repeat(3_000);
    const disk = await diskWith(WHOLE + tail);
    assert.equal((await start(disk)).dataset.values.get("1/a"), "2");
    assert.deepEqual(cut(disk), { left: WHOLE, kept: tail });
  }
});

test("zeros with something behind them are damage", async () => {
  await refused(
    await diskWith(`${WHOLE}\0\0\0\0${WHOLE}`),
    true,
    "Bad file format",
    `offset ${WHOLE.length}`,
  );
});

test("damage is refused with file, offset and what to do", async () => {
  await refused(
    await diskWith(`${WHOLE}SET a 2\r\n${WHOLE}`),
    true,
    "Bad file format reading the append only file appendonly.aof.1.incr.aof",
    INCR,
    `offset ${WHOLE.length}`,
    "redis-check-aof --fix",
  );
  await refused(await diskWith(`${WHOLE}*1\r\n$3\r\nPING\r\n`), true, `offset ${WHOLE.length}`);
});

test("an unknown command is refused with file, offset and name", async () => {
  await refused(
    await diskWith(WHOLE + resp("MADEUP a")),
    true,
    "Unknown command 'MADEUP' reading the append only file appendonly.aof.1.incr.aof",
    INCR,
    `offset ${WHOLE.length}`,
  );
});

test("an incomplete file before the last one is refused", async () => {
  const disk = await diskWith(`${WHOLE}*1\r\n`);
  disk.place(NEXT_INCR, WHOLE);
  disk.place(MANIFEST, `${disk.readFile(MANIFEST)}file appendonly.aof.2.incr.aof seq 2 type i\n`);
  await refused(disk, true, "the truncated file is not the last file", INCR, `offset ${WHOLE.length}`);
});

test("files and commands larger than a block, with a turn of the loop in between", async () => {
  const value = "v".repeat(3_000_000);
  const commands = resp(`SET big ${value}`) + resp("INCR n").repeat(100_000);
  const disk = await diskWith(commands);
  const clock = new SimulatedClock();
  let turns = 0;
  let most = 0;
  const store = new Store(disk, clock);
  clock.onPoll(() => {
    turns++;
    if (store.recovery !== undefined) most = Math.max(most, store.recovery.loadedBytes);
  });
  await store.start();
  assert.equal(store.dataset.values.get("0/n"), "100000");
  assert.equal(store.dataset.values.get("0/big"), value);
  assert.ok(turns >= 3, `${turns} turns`);
  assert.ok(most > 1_000_000);
});

test("property: a log loads the same wherever its blocks and cuts fall", async () => {
  const command = fc.oneof(
    fc.constantFrom("INCR a", "INCR b", "SELECT 1", "SELECT 0"),
    fc.nat(60).map((length) => `SET c ${"x".repeat(length + 1)}`),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 20 }), fc.nat(2000), async (commands, at) => {
      const text = resp(...commands);
      const length = Math.min(at, text.length);
      let whole = 0;
      while (whole < commands.length && resp(...commands.slice(0, whole + 1)).length <= length) whole++;
      const partial = await start(await diskWith(text.slice(0, length)));
      const exact = await start(await diskWith(resp(...commands.slice(0, whole))));
      assert.deepEqual(partial.dataset.values, exact.dataset.values);
    }),
    { numRuns: 60 },
  );
});
