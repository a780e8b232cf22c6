/** Snapshot jobs: files and streams made by another thread, real and simulated, and everything that may end one. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Keyspace } from "#tidemark/keyspace/keyspace.js";
import { nodeThreads } from "#tidemark/platform/thread.js";
import { Capture } from "#tidemark/snapshot/capture.js";
import { type JobTarget, SnapshotJobs } from "#tidemark/snapshot/job/job.js";
import { Crc64 } from "#tidemark/util/crc64.js";
import { removeDirectory, temporaryDirectory } from "../../support/directory.js";
import { simulatedPlatform } from "../../support/platform.js";
import { keyspaceOf, rdbFormat, setText } from "../keyspaces.js";

const FILE: JobTarget = {
  kind: "file",
  path: "/data/dump.rdb",
  temporary: "/data/temp-dump.rdb",
  incrementalSync: true,
};

function world(keys = 5000) {
  const platform = simulatedPlatform(1);
  const keyspace = keyspaceOf(keys);
  return { platform, keyspace, jobs: new SnapshotJobs(platform.threads) };
}

/** Whether these are the bytes of a whole RDB file with a valid checksum. */
function isWhole(bytes: Buffer): boolean {
  const body = bytes.subarray(0, -8);
  return body.at(-1) === 0xff && bytes.subarray(-8).equals(new Crc64().update(body).bytes());
}

/** Nothing is held once the cron has been there. */
function assertReleased(keyspace: Keyspace): void {
  while (keyspace.reclaim(1000)) {}
  assert.equal(keyspace.arena.openCuts, 0);
  assert.equal(keyspace.arena.deferredBytes, 0);
}

describe("a snapshot job", () => {
  it("writes a file that appears when it is complete, and tells how far it is", async () => {
    const { platform, keyspace, jobs } = world();
    const job = jobs.start(Capture.take(keyspace), rdbFormat(), FILE);
    assert.equal(job.keysTotal, 5000);
    await platform.clock.until("some keys are done", () => job.keysDone > 0);
    assert.ok(job.keysDone < 5000);
    assert.equal(platform.disk.stat("/data/dump.rdb"), null);
    assert.deepEqual(await platform.clock.run(job.done), { outcome: "done" });
    assert.equal(job.keysDone, 5000);
    const bytes = platform.disk.readFile("/data/dump.rdb")!;
    assert.equal(job.bytes, bytes.length);
    assert.ok(isWhole(bytes));
    assert.deepEqual(platform.disk.list("/data"), ["dump.rdb"]);
    assert.ok(platform.disk.afterPowerLoss("synced").readFile("/data/dump.rdb")!.equals(bytes));
    assertReleased(keyspace);
  });

  it("shows the keyspace as it was, whatever happens to it meanwhile", async () => {
    const { platform, keyspace, jobs } = world();
    const stale = jobs.start(Capture.take(keyspace), rdbFormat(), { ...FILE, path: "/data/before.rdb" });
    await platform.clock.run(stale.done);
    const job = jobs.start(Capture.take(keyspace), rdbFormat(), FILE);
    for (let i = 0; job.keysDone < 5000; i++) {
      setText(keyspace, 0, `key:${i % 5000}`, "changed");
      setText(keyspace, 1, `new:${i}`, "x");
      if (i === 2000) keyspace.clear();
      if (i % 50 === 0) await platform.clock.advance(1);
    }
    await platform.clock.run(job.done);
    assert.ok(job.heldBytes > 0);
    assert.deepEqual(platform.disk.readFile("/data/dump.rdb"), platform.disk.readFile("/data/before.rdb"));
    assertReleased(keyspace);
  });

  it("streams in pieces, and waits for those who take them", async () => {
    const { platform, keyspace, jobs } = world();
    for (let i = 0; i < 60; i++)
      setText(keyspace, 3, `big:${i}`, String.fromCharCode(65 + i).repeat(100_000));
    const pieces: Uint8Array[] = [];
    let taken = (): void => {};
    const job = jobs.start(Capture.take(keyspace), rdbFormat({ compress: false }), {
      kind: "stream",
      take(bytes) {
        pieces.push(bytes);
        return new Promise((resolve) => {
          taken = resolve;
        });
      },
    });
    let ended = false;
    void job.done.then(() => {
      ended = true;
    });
    for (let count = 1; !ended; count++) {
      await platform.clock.until("another piece or the end", () => ended || pieces.length === count);
      await platform.clock.advance(5);
      assert.ok(pieces.length <= count);
      taken();
    }
    assert.deepEqual(await job.done, { outcome: "done" });
    assert.ok(pieces.length > 5);
    assert.ok(isWhole(Buffer.concat(pieces)));
    assertReleased(keyspace);
  });

  it("ends when the taker fails, with the taker's reason", async () => {
    const { platform, keyspace, jobs } = world();
    const target: JobTarget = {
      kind: "stream",
      take: () => Promise.reject(new Error("the replica is gone")),
    };
    const job = jobs.start(Capture.take(keyspace), rdbFormat(), target);
    const result = await platform.clock.run(job.done);
    assert.deepEqual(result, { outcome: "failed", reason: "the replica is gone", code: "" });
    assertReleased(keyspace);
  });

  it("can be aborted, and leaves the file that was there", async () => {
    const { platform, keyspace, jobs } = world();
    platform.disk.place("/data/dump.rdb", Buffer.from("the old one"));
    const job = jobs.start(Capture.take(keyspace), rdbFormat(), FILE);
    await platform.clock.until("some keys are done", () => job.keysDone > 0);
    job.abort();
    assert.equal(keyspace.arena.openCuts, 1);
    assert.deepEqual(await platform.clock.run(job.done), { outcome: "aborted" });
    assert.deepEqual(platform.disk.list("/data"), ["dump.rdb"]);
    assert.equal(platform.disk.readFile("/data/dump.rdb")!.toString(), "the old one");
    assertReleased(keyspace);
  });

  it("releases everything when its thread dies, and the next job gets another", async () => {
    const { platform, keyspace, jobs } = world();
    const job = jobs.start(Capture.take(keyspace), rdbFormat(), FILE);
    await platform.clock.until("some keys are done", () => job.keysDone > 0);
    platform.threads.started[0]!.kill("out of memory");
    const result = await platform.clock.run(job.done);
    assert.equal(result.outcome, "failed");
    assert.match(result.outcome === "failed" ? result.reason : "", /out of memory/);
    assertReleased(keyspace);
    const next = jobs.start(Capture.take(keyspace), rdbFormat(), FILE);
    assert.deepEqual(await platform.clock.run(next.done), { outcome: "done" });
    assert.equal(platform.threads.started.length, 2);
  });

  it("uses a thread again that has done its job", async () => {
    const { platform, keyspace, jobs } = world(10);
    jobs.tend(0, true);
    for (let i = 0; i < 3; i++) {
      await platform.clock.run(jobs.start(Capture.take(keyspace), rdbFormat(), FILE).done);
    }
    assert.equal(platform.threads.started.length, 1);
  });

  it("ends a thread that nobody has needed for a minute", async () => {
    const { platform, keyspace, jobs } = world(10);
    const save = () => platform.clock.run(jobs.start(Capture.take(keyspace), rdbFormat(), FILE).done);
    await save();
    jobs.tend(100_000, false);
    jobs.tend(160_000, false);
    await save();
    assert.equal(platform.threads.started.length, 1);
    jobs.tend(161_000, false);
    jobs.tend(222_000, false);
    assert.deepEqual(await save(), { outcome: "done" });
    assert.equal(platform.threads.started.length, 2);
  });

  for (const operation of ["open", "write", "sync", "rename", "syncDirectory"] as const) {
    it(`leaves the old file or the new one, never half of one, when ${operation} fails`, async () => {
      const { platform, keyspace, jobs } = world();
      platform.disk.place("/data/dump.rdb", Buffer.from("the old one"));
      const failure = platform.disk.fail({ operation, code: "ENOSPC" });
      const result = await platform.clock.run(jobs.start(Capture.take(keyspace), rdbFormat(), FILE).done);
      assert.deepEqual(result, { outcome: "failed", reason: "No space left on device", code: "ENOSPC" });
      failure.stop();
      const bytes = platform.disk.readFile("/data/dump.rdb")!;
      assert.ok(operation === "syncDirectory" ? isWhole(bytes) : bytes.toString() === "the old one");
      assert.deepEqual(platform.disk.list("/data"), ["dump.rdb"]);
      assertReleased(keyspace);
    });
  }

  it("several readers share one capture, which stays for the last of them", () => {
    const { keyspace } = world(10);
    const capture = Capture.take(keyspace);
    capture.retain().release();
    assert.equal(keyspace.arena.openCuts, 1);
    capture.release();
    assert.equal(keyspace.arena.openCuts, 0);
    assert.throws(() => capture.release(), /more often/);
    assert.throws(() => capture.retain(), /released/);
  });
});

describe("a snapshot job in a worker thread", () => {
  it("writes the same file as here", async () => {
    const dir = temporaryDirectory();
    const { platform, keyspace, jobs: here } = world(20_000);
    const there = new SnapshotJobs(nodeThreads);
    try {
      const target = { ...FILE, path: join(dir, "dump.rdb"), temporary: join(dir, "temp-dump.rdb") } as const;
      assert.deepEqual(await there.start(Capture.take(keyspace), rdbFormat(), target).done, {
        outcome: "done",
      });
      await platform.clock.run(here.start(Capture.take(keyspace), rdbFormat(), FILE).done);
      assert.deepEqual(readFileSync(target.path), platform.disk.readFile("/data/dump.rdb"));
      assertReleased(keyspace);
    } finally {
      there.close();
      removeDirectory(dir);
    }
  });

  it("waits for those who take the pieces", async () => {
    const { keyspace } = world(10);
    for (let i = 0; i < 12; i++)
      setText(keyspace, 0, `big:${i}`, String.fromCharCode(65 + i).repeat(1_000_000));
    const jobs = new SnapshotJobs(nodeThreads);
    try {
      let taking = 0;
      const pieces: Uint8Array[] = [];
      const job = jobs.start(Capture.take(keyspace), rdbFormat({ compress: false }), {
        kind: "stream",
        async take(bytes) {
          assert.equal(++taking, 1);
          await new Promise((resolve) => setImmediate(resolve));
          pieces.push(bytes);
          taking--;
        },
      });
      assert.deepEqual(await job.done, { outcome: "done" });
      assert.ok(isWhole(Buffer.concat(pieces)));
    } finally {
      jobs.close();
    }
  });

  it("is released when the threads are ended", async () => {
    const { keyspace } = world(10);
    setText(keyspace, 0, "big", "x".repeat(20_000_000));
    const jobs = new SnapshotJobs(nodeThreads);
    const job = jobs.start(Capture.take(keyspace), rdbFormat({ compress: false }), {
      kind: "stream",
      take: () => new Promise(() => {}),
    });
    jobs.close();
    assert.equal((await job.done).outcome, "failed");
    assertReleased(keyspace);
  });
});
