/** A snapshot and the loss of power: whatever a crash leaves, the old file is there whole, or the new one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Capture } from "#tidemark/snapshot/capture.js";
import { type JobTarget, SnapshotJobs } from "#tidemark/snapshot/job/job.js";
import { simulatedPlatform } from "../../support/platform.js";
import { keyspaceOf, rdbFormat, setText } from "../keyspaces.js";

const PATH = "/data/dump.rdb";

for (const incrementalSync of [true, false]) {
  test(`at any moment of a save ${incrementalSync ? "with" : "without"} incremental sync`, async () => {
    const platform = simulatedPlatform(3);
    const { clock, disk } = platform;
    const keyspace = keyspaceOf(2000);
    const jobs = new SnapshotJobs(platform.threads);
    const target: JobTarget = {
      kind: "file",
      path: PATH,
      temporary: "/data/temp-dump.rdb.1",
      incrementalSync,
    };
    const save = async (each: () => void): Promise<void> => {
      const job = jobs.start(Capture.take(keyspace), rdbFormat(), target);
      let ended = false;
      void job.done.then((result) => {
        assert.equal(result.outcome, "done");
        ended = true;
      });
      while (!ended) {
        each();
        await clock.advance(1);
      }
    };
    await save(() => {});
    const old = disk.readFile(PATH)!;
    // More than fits into one buffer, so that there are writes before the last one.
    for (let i = 0; i < 12; i++) setText(keyspace, 1, `noise:${i}`, noise(i));
    const seen = new Set<string>();
    const states: (Buffer | null)[] = [];
    const look = (): void => {
      for (const survival of ["synced", "everything", "random", "random"] as const)
        states.push(disk.afterPowerLoss(survival).readFile(PATH));
    };
    await save(look);
    look();
    const fresh = disk.readFile(PATH)!;
    for (const state of states) {
      assert.ok(state !== null && (state.equals(old) || state.equals(fresh)));
      seen.add(state.equals(old) ? "old" : "new");
    }
    assert.deepEqual([...seen].sort(), ["new", "old"]);
    assert.ok(disk.afterPowerLoss("synced").readFile(PATH)!.equals(fresh), "what has been told is safe");
  });
}

/** Text that LZF cannot make shorter. */
function noise(seed: number): string {
  let state = seed + 1;
  let text = "";
  while (text.length < 200_000) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    text += String.fromCharCode(33 + ((state >> 12) % 90));
  }
  return text;
}
