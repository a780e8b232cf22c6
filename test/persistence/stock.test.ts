/** Files that redis-server reads, and files that it wrote. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SimulatedClock } from "../support/clock.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { SimulatedDisk } from "../support/disk.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { AOF, INCR, LOCATION, NEXT_INCR, Store, type StoreOptions } from "./store.js";

const ONLY_AOF = ["--appendonly", "yes", "--appendfsync", "always"];

async function start(
  disk: SimulatedDisk,
  clock = new SimulatedClock(),
  options: StoreOptions = {},
): Promise<Store> {
  return new Store(disk, clock, options).start();
}

/** A store that has gone through a failed sync, with writes before, during and after. */
async function eventful(options: StoreOptions): Promise<Store> {
  const clock = new SimulatedClock();
  const disk = new SimulatedDisk();
  disk.placeDirectory("/data");
  const store = await start(disk, clock, options);
  store.incr("n");
  await clock.advance(1200);
  disk.fail({ operation: "sync", path: INCR, times: 1 });
  store.run(0, ["INCR n", "SELECT 3", "SET a in-transaction", "SELECT 0"]);
  store.endTurn();
  await clock.advance(1200);
  store.incr("n");
  store.run(9, ["SET b end"]);
  store.endTurn();
  return store;
}

/** Copies the append-only directory to a real one. */
function exportTo(dir: string, disk: SimulatedDisk): void {
  mkdirSync(join(dir, LOCATION.appenddirname));
  for (const name of disk.list(AOF)!)
    writeFileSync(join(dir, LOCATION.appenddirname, name), disk.readFile(`${AOF}/${name}`)!);
}

function importFrom(dir: string): SimulatedDisk {
  const disk = new SimulatedDisk();
  disk.placeDirectory("/data");
  const directory = join(dir, LOCATION.appenddirname);
  for (const name of readdirSync(directory))
    disk.place(`${AOF}/${name}`, readFileSync(join(directory, name)));
  return disk;
}

async function inDirectory(action: (dir: string) => Promise<void>): Promise<void> {
  const dir = temporaryDirectory();
  try {
    await action(dir);
  } finally {
    removeDirectory(dir);
  }
}

oracleTest("redis-server and redis-check-aof take the files, with every kind of line in them", async () => {
  await inDirectory(async (dir) => {
    const { disk } = await eventful({ seals: true, timestamps: true });
    const lines = disk.readFile(NEXT_INCR)!.toString("latin1");
    for (const line of ["#TIDEMARK:SEAL", "#TIDEMARK:CONTINUES", "#TS:"])
      assert.ok(lines.includes(line), line);
    exportTo(dir, disk);
    const manifest = join(dir, LOCATION.appenddirname, "appendonly.aof.manifest");
    const check = spawnSync("redis-check-aof", [manifest], { encoding: "utf8" });
    assert.equal(check.status, 0, check.stdout + check.stderr);
    await using oracle = await startOracle({ dir, args: ONLY_AOF });
    const client = await oracle.client();
    assert.equal(await client.call("GET", "n"), "3");
    await client.call("SELECT", 3);
    assert.equal(await client.call("GET", "a"), "in-transaction");
    await client.call("SELECT", 9);
    assert.equal(await client.call("GET", "b"), "end");
  });
});

oracleTest("a log changes hands: redis-server begins it, Tidemark goes on, redis-server again", async () => {
  await inDirectory(async (dir) => {
    await using first = await startOracle({ dir, args: ONLY_AOF });
    const client = await first.client();
    for (const command of [
      ["INCR", "n"],
      ["SELECT", 2],
      ["SET", "a", "1"],
    ])
      await client.call(...(command as [string]));
    await first.kill("SIGKILL");
    const store = await start(importFrom(dir));
    assert.deepEqual(
      [...store.dataset.values],
      [
        ["0/n", "1"],
        ["2/a", "1"],
      ],
    );
    store.incr("n");
    removeDirectory(join(dir, LOCATION.appenddirname));
    exportTo(dir, store.disk);
    await using second = await startOracle({ dir, args: ONLY_AOF });
    assert.equal(await (await second.client()).call("GET", "n"), "2");
  });
});

oracleTest("names that need quotes are written as redis-server writes and reads them", async () => {
  await inDirectory(async (dir) => {
    const appendfilename = `it's "my" log.aof`;
    const args = [...ONLY_AOF, "--appendfilename", appendfilename];
    await using first = await startOracle({ dir, args });
    await (await first.client()).call("INCR", "n");
    await first.kill("SIGKILL");
    const store = await start(importFrom(dir), new SimulatedClock(), {
      location: { ...LOCATION, appendfilename },
    });
    assert.equal(store.dataset.values.get("0/n"), "1");
    store.directory.save(store.directory.manifest);
    const name = `${AOF}/${appendfilename}.manifest`;
    assert.equal(
      store.disk.readFile(name)!.toString(),
      readFileSync(join(dir, LOCATION.appenddirname, `${appendfilename}.manifest`), "utf8"),
    );
  });
});
