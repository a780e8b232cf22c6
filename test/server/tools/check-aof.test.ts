/** `tidemark check-aof` on files that are whole, torn, damaged; and beside redis-check-aof. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isSnapshot } from "#tidemark/persistence/empty-snapshot.js";
import { checkAof } from "#tidemark/server/tools/check-aof.js";
import { INCR, MANIFEST, resp, Store, type StoreOptions } from "../../persistence/store.js";
import { removeDirectory, temporaryDirectory } from "../../support/directory.js";
import { oracleTest } from "../../support/oracle.js";
import { type SimulatedPlatform, simulatedPlatform } from "../../support/platform.js";
import { TIDEMARK_EXECUTABLE } from "../../support/process.js";

/** A machine with a log that a store has written and closed: ten increments, a pause after the fifth. */
async function machine(options: StoreOptions = {}): Promise<SimulatedPlatform> {
  const platform = simulatedPlatform(1);
  const store = await new Store(platform.disk, platform.clock, { seals: true, ...options }).start();
  for (let i = 1; i <= 10; i++) {
    store.run(3, [`SET key:${i} value:${i}`]);
    store.endTurn();
    if (i === 5) await platform.clock.advance(1500);
    if (i === 7) await platform.clock.advance(1500);
  }
  await platform.clock.run(store.aof.close());
  return platform;
}

async function check(
  platform: SimulatedPlatform,
  ...args: string[]
): Promise<{ status: number; output: string }> {
  platform.host.output = "";
  const status = await platform.clock.run(checkAof(args, platform));
  return { status, output: platform.host.output };
}

function content(platform: SimulatedPlatform, path = INCR): string {
  return platform.disk.readFile(path)!.toString("latin1");
}

function beside(platform: SimulatedPlatform, kind: string): string {
  const directory = INCR.slice(0, INCR.lastIndexOf("/"));
  const name = platform.disk.list(directory)!.find((file) => file.includes(`.${kind}-`));
  return name === undefined ? "" : content(platform, `${directory}/${name}`);
}

test("a whole log: the manifest, and the file alone", async () => {
  const platform = await machine();
  const all = await check(platform, MANIFEST);
  assert.equal(all.status, 0, all.output);
  assert.match(all.output, /Start checking Multi Part AOF/);
  assert.match(all.output, /Start to check BASE AOF \(RDB format\)/);
  assert.match(all.output, /\d checksums are right/);
  assert.match(all.output, /All AOF files and manifest are valid\n$/);
  const one = await check(platform, INCR);
  assert.equal(one.status, 0);
  assert.match(one.output, /Start checking Old-Style AOF[\s\S]*AOF appendonly\.aof\.1\.incr\.aof is valid/);
});

test("a file of no bytes, or fewer than tell a snapshot, is one of commands", async () => {
  // What the file has not must not be looked at: it is somebody else's memory.
  assert.equal(isSnapshot(new Uint8Array(0)), false);
  assert.equal(isSnapshot(Buffer.from("REDIS0010").subarray(0, 5)), false);
  const platform = await machine();
  platform.disk.place(INCR, "");
  const { status, output } = await check(platform, MANIFEST);
  assert.equal(status, 0, output);
  assert.match(output, /INCR AOF appendonly\.aof\.1\.incr\.aof is valid/);
});

test("a torn end is found, and cut with --fix when the answer is yes", async () => {
  for (const tail of ["*2\r\n$3\r\nSE", resp("MULTI", "SET a 1"), "\0\0\0\0"]) {
    const platform = await machine();
    const good = content(platform);
    platform.disk.place(INCR, good + tail);
    const found = await check(platform, MANIFEST);
    assert.equal(found.status, 1);
    assert.match(found.output, new RegExp(`ok_up_to=${good.length}, .*diff=${tail.length}`));
    assert.match(found.output, /is not valid\. Use the --fix option to try fixing it\./);
    platform.host.input = "n\n";
    assert.equal((await check(platform, "--fix", MANIFEST)).status, 1);
    assert.equal(content(platform), good + tail);
    platform.host.input = "y\n";
    const fixed = await check(platform, "--fix", MANIFEST);
    assert.equal(fixed.status, 0, fixed.output);
    assert.match(fixed.output, /This will shrink the AOF .* to \d+ bytes\nContinue\? \[y\/N\]: /);
    assert.equal(content(platform), good);
    assert.equal(beside(platform, "cut"), tail);
    assert.equal(beside(platform, "saved"), "");
  }
});

test("a damaged middle: said where, cut before it, and what stands behind is saved with its database", async () => {
  const platform = await machine();
  const whole = content(platform);
  platform.disk.damage(INCR, whole.indexOf("value:6"), 1);
  const found = await check(platform, INCR);
  assert.equal(found.status, 1);
  const [, from, until] = /bytes (\d+) to (\d+) are damaged/.exec(found.output)!;
  assert.ok(Number(from) > whole.indexOf("value:5") && Number(from) <= whole.indexOf("value:6"));
  assert.ok(Number(until) > whole.indexOf("value:7") && Number(until) < whole.indexOf("value:8"));
  const fixed = await check(platform, "--fix", "--yes", INCR);
  assert.equal(fixed.status, 0, fixed.output);
  assert.equal(content(platform), whole.slice(0, Number(from)));
  // What a server takes from a client: it knows no annotations.
  const commands = whole.slice(Number(until)).replace(/^#.*\r\n/gm, "");
  assert.equal(beside(platform, "saved"), resp("SELECT 3") + commands);
  assert.equal((await check(platform, INCR)).status, 0);
});

test("a damaged middle without checksums is found by what makes no sense", async () => {
  const platform = await machine({ seals: false });
  const whole = content(platform);
  const at = whole.indexOf(resp("SET key:6 value:6"));
  platform.disk.place(INCR, `${whole.slice(0, at)}garbage\r\n${whole.slice(at)}`);
  const fixed = await check(platform, "--fix", "--yes", INCR);
  assert.equal(fixed.status, 0, fixed.output);
  assert.equal(content(platform), whole.slice(0, at));
  assert.equal(beside(platform, "saved"), resp("SELECT 3") + whole.slice(at));
});

test("two damaged places: everything between and behind them is saved", async () => {
  const platform = await machine({ seals: false });
  const part = (n: number): string => resp(`SET key:${n} value:${n}`);
  const parts = (...numbers: number[]): string => numbers.map(part).join("");
  platform.disk.place(INCR, `${parts(1, 2)}bad\r\n${parts(3, 4, 5)}worse\r\n${parts(6)}`);
  await check(platform, "--fix", "--yes", INCR);
  assert.equal(content(platform), parts(1, 2));
  const select = resp("SELECT 0");
  assert.equal(beside(platform, "saved"), select + parts(3, 4, 5) + select + parts(6));
});

test("a file that is not the last one is not cut", async () => {
  const platform = await machine();
  platform.disk.place(
    MANIFEST,
    `${content(platform, MANIFEST)}file appendonly.aof.2.incr.aof seq 2 type i\n`,
  );
  platform.disk.place(INCR.replace(".1.", ".2."), resp("SELECT 0", "SET a 1"));
  platform.disk.place(INCR, `${content(platform)}*1\r\n`);
  const found = await check(platform, "--fix", "--yes", MANIFEST);
  assert.equal(found.status, 1);
  assert.match(found.output, /Failed to truncate AOF .* because it is not the last file/);
});

test("--truncate-to-timestamp cuts before the first later write", async () => {
  const platform = await machine({ timestamps: true });
  const whole = content(platform);
  const times = [...whole.matchAll(/#TS:(\d+)/g)].map(({ 1: seconds }) => Number(seconds));
  const nothing = await check(platform, "--truncate-to-timestamp", String(times.at(-1)), MANIFEST);
  assert.match(nothing.output, /Truncate nothing in AOF appendonly\.aof\.1\.incr\.aof to timestamp/);
  const cut = await check(platform, "--truncate-to-timestamp", String(times[0]), MANIFEST);
  assert.equal(cut.status, 0, cut.output);
  assert.equal(content(platform), whole.slice(0, whole.indexOf(`#TS:${times[1]}`)));
});

test("what cannot be checked is said in one line", async () => {
  const platform = await machine();
  assert.match((await check(platform, "/data/nothing")).output, /Cannot open file \/data\/nothing/);
  assert.match((await check(platform, "/data")).output, /is a directory/);
  for (const args of [[], ["--fix", "--truncate-to-timestamp", "1", INCR], ["--unknown", INCR], [INCR, INCR]])
    assert.deepEqual(await check(platform, ...args).then(({ status }) => status), 1);
  platform.disk.fail({ operation: "open", path: INCR, code: "EACCES", times: 1 });
  assert.ok((await check(platform, MANIFEST)).output.includes(`${INCR}: Permission denied\n`));
  platform.disk.place(MANIFEST, "file\n");
  assert.match((await check(platform, MANIFEST)).output, /FATAL AOF MANIFEST FILE ERROR/);
});

oracleTest("as a program, with redis-check-aof's verdict and figures", async () => {
  const dir = temporaryDirectory();
  try {
    const log = resp("SELECT 0", "SET a 1", "MULTI", "SET b 2", "EXEC");
    for (const text of [log, `${log}*2\r\n$3\r\nSE`, log + resp("MULTI", "SET c 3"), `${log}*2\r\nX`]) {
      const file = join(dir, "one.aof");
      writeFileSync(file, text);
      const run = (
        program: string,
        ...args: string[]
      ): { status: number | null; figures: string | undefined } => {
        const { status, stdout } = spawnSync(program, [...args, file], { encoding: "utf8" });
        return { status, figures: /size=\d+, ok_up_to=\d+/.exec(stdout)?.[0] };
      };
      const theirs = run("redis-check-aof");
      assert.deepEqual(run(TIDEMARK_EXECUTABLE, "check-aof"), theirs);
      assert.notEqual(theirs.figures, undefined);
    }
  } finally {
    removeDirectory(dir);
  }
});
