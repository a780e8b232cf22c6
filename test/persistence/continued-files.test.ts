import assert from "node:assert/strict";
import { test } from "node:test";
import { formatContinuation } from "#tidemark/persistence/continuation.js";
import { StartError } from "#tidemark/persistence/start-error.js";
import { crc32 } from "#tidemark/util/crc32.js";
import { SimulatedClock } from "../support/clock.js";
import { SimulatedDisk } from "../support/disk.js";
import { AOF, INCR, MANIFEST, NEXT_INCR, resp, Store } from "./store.js";

const GOOD = resp("SELECT 0", "INCR n", "INCR n");
const DOUBTFUL = resp("INCR n");
const COPY = resp("SELECT 0", "INCR n");

function head(position: number, length = position + DOUBTFUL.length): string {
  const crc = crc32(Buffer.from(COPY));
  return formatContinuation({ seq: 1, position, length, carried: COPY.length, crc });
}

/** A directory whose first incr file and the next one hold this; the manifest names the second one or not. */
async function directory(first: string, second: string, isNamed: boolean): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  disk.placeDirectory("/data");
  await new Store(disk, new SimulatedClock()).start();
  disk.place(INCR, first);
  disk.place(NEXT_INCR, second);
  if (isNamed)
    disk.place(MANIFEST, `${disk.readFile(MANIFEST)}file appendonly.aof.2.incr.aof seq 2 type i\n`);
  return disk;
}

/** Starts, checks the counter, and tells what is in the first file, what was put aside, and the number of files. */
async function start(
  disk: SimulatedDisk,
  counter: number,
): Promise<{ first: string; aside: string[]; incrs: number }> {
  const store = await new Store(disk, new SimulatedClock()).start();
  assert.equal(store.dataset.values.get("0/n"), String(counter));
  const aside = disk.list(AOF)!.filter((name) => name.includes(".cut-"));
  return {
    first: disk.readFile(INCR)!.toString("latin1"),
    aside: aside.map((name) => disk.readFile(`${AOF}/${name}`)!.toString("latin1")),
    incrs: store.directory.manifest.incrs.length,
  };
}

test("the manifest names the new file: the old one counts up to the position", async () => {
  const disk = await directory(GOOD + DOUBTFUL, head(GOOD.length) + COPY, true);
  assert.deepEqual(await start(disk, 3), { first: GOOD, aside: [DOUBTFUL], incrs: 2 });
});

test("the old file is cut and the manifest does not name the new one yet: it is adopted", async () => {
  const disk = await directory(GOOD, head(GOOD.length) + COPY, false);
  assert.deepEqual(await start(disk, 3), { first: GOOD, aside: [], incrs: 2 });
});

test("the copy is whole and the old file not cut: the copy is taken instead of the doubtful bytes", async () => {
  const disk = await directory(`${GOOD}\0\0\0`, head(GOOD.length) + COPY, false);
  assert.deepEqual(await start(disk, 3), { first: GOOD, aside: ["\0\0\0"], incrs: 2 });
});

test("another server has gone on with the old file: the copy is put aside", async () => {
  const first = GOOD + DOUBTFUL.repeat(2);
  const disk = await directory(first, head(GOOD.length) + COPY, false);
  assert.deepEqual(await start(disk, 4), { first, aside: [head(GOOD.length) + COPY], incrs: 1 });
});

for (const [what, copy] of [
  ["half", COPY.slice(0, 9)],
  ["zeros", COPY.slice(0, 9) + "\0".repeat(COPY.length - 9)],
] as const) {
  test(`the copy is ${what} and the old file not cut: the copy is put aside`, async () => {
    const disk = await directory(GOOD + DOUBTFUL, head(GOOD.length) + copy, false);
    assert.deepEqual(await start(disk, 3), {
      first: GOOD + DOUBTFUL,
      aside: [head(GOOD.length) + copy],
      incrs: 1,
    });
  });
}

test("a file that the manifest does not name and that continues nothing is put aside", async () => {
  const disk = await directory(GOOD, COPY, false);
  assert.deepEqual(await start(disk, 2), { first: GOOD, aside: [COPY], incrs: 1 });
});

test("an old file that is shorter than the position lacks data: refused", async () => {
  const disk = await directory(GOOD, head(GOOD.length + 1) + COPY, true);
  await assert.rejects(
    new Store(disk, new SimulatedClock()).start(),
    (error) =>
      error instanceof StartError &&
      error.message.includes("data is missing") &&
      error.message.includes(INCR),
  );
});
