/** Active expiry: what a cycle deletes, when it stops, and where it goes on. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExpiryCycle } from "#tidemark/keyspace/expiry-cycle.js";
import { FilledKeyspace } from "./filled.js";

const PAST = 999_000;
const FUTURE = 2_000_000;

/** A cycle with the usual settings; counts its atomic units. */
function cycleOf(keyspace: FilledKeyspace): {
  run: (effort?: number) => ReturnType<ExpiryCycle["run"]>;
  units: number;
} {
  const cycle = new ExpiryCycle(keyspace, keyspace.clock);
  const counted = {
    units: 0,
    run: (effort = 1) =>
      cycle.run(effort, 10, (action) => {
        counted.units++;
        action();
      }),
  };
  return counted;
}

describe("ExpiryCycle", () => {
  it("deletes all that has expired, each key as a unit of its own, and tells it", () => {
    const keyspace = new FilledKeyspace(2);
    keyspace.fill("gone", 1000, () => PAST);
    keyspace.fill("other", 10, () => PAST, 1);
    keyspace.fill("kept", 500);
    const cycle = cycleOf(keyspace);
    const result = cycle.run();
    assert.deepEqual(result, { stalePercent: 100, timeLimitReached: false });
    assert.equal(keyspace.databases[0]!.count, 500);
    assert.equal(keyspace.databases[1]!.count, 0);
    assert.equal(cycle.units, 1010);
    assert.equal(new Set(keyspace.told).size, 1010);
    assert.equal(keyspace.stats.expired, 1010);
  });

  it("leaves a database alone of which no more than a tenth has expired", () => {
    const keyspace = new FilledKeyspace();
    keyspace.fill("k", 2000, (at) => (at % 100 === 0 ? PAST : FUTURE));
    cycleOf(keyspace).run();
    assert.ok(keyspace.told.length <= 2, `${keyspace.told.length} of the first twenty keys had expired`);
  });

  it("finds the last expired key after enough cycles, since each goes on where the last one stopped", () => {
    const keyspace = new FilledKeyspace();
    keyspace.fill("k", 2000, (at) => (at % 100 === 0 ? PAST : FUTURE));
    const cycle = cycleOf(keyspace);
    for (let runs = 0; runs < 2000 / 20 + 10; runs++) cycle.run();
    assert.equal(keyspace.told.length, 20);
  });

  it("looks at more keys and suffers fewer expired ones with more effort", () => {
    const keyspace = new FilledKeyspace();
    keyspace.fill("k", 5000, (at) => (at % 20 === 0 ? PAST : FUTURE));
    const cycle = cycleOf(keyspace);
    cycle.run(10);
    const { length } = keyspace.told;
    assert.ok(length > 20, `${length} of 250`);
  });

  it("stops when a quarter of the time is used, and begins with the next database then", () => {
    const keyspace = new FilledKeyspace(3);
    keyspace.fill("a", 5000, () => PAST, 0);
    keyspace.fill("b", 5000, () => PAST, 1);
    keyspace.clock.stepUs = 1000;
    const cycle = cycleOf(keyspace);
    assert.ok(cycle.run().timeLimitReached);
    // 25 ms and the look that finds them over, at a millisecond for each look, which comes after every twenty keys.
    assert.equal(keyspace.databases[0]!.count, 5000 - 26 * 20);
    assert.equal(keyspace.databases[1]!.count, 5000);
    cycle.run();
    assert.equal(keyspace.databases[1]!.count, 5000 - 26 * 20);
  });

  it("works longer with more effort", () => {
    const keyspace = new FilledKeyspace();
    keyspace.fill("a", 20_000, () => PAST);
    keyspace.clock.stepUs = 1000;
    cycleOf(keyspace).run(10);
    // 43 ms and one look, 65 keys before each.
    assert.equal(keyspace.databases[0]!.count, 20_000 - 44 * 65);
  });

  it("does nothing where keys may not be deleted", () => {
    const keyspace = new FilledKeyspace();
    keyspace.fill("gone", 100, () => PAST);
    for (const mode of ["hide", "ignore"] as const) {
      keyspace.expiryMode = mode;
      assert.deepEqual(cycleOf(keyspace).run(), { stalePercent: 0, timeLimitReached: false });
    }
    assert.equal(keyspace.databases[0]!.count, 100);
  });

  it("tells the average time to live, and none without keys that expire", () => {
    const keyspace = new FilledKeyspace();
    keyspace.fill("k", 100, () => 1_050_000);
    const cycle = cycleOf(keyspace);
    cycle.run();
    assert.equal(keyspace.databases[0]!.averageTtlMs, 50_000);
    keyspace.tick(1_060_000);
    cycle.run();
    cycle.run();
    assert.equal(keyspace.databases[0]!.averageTtlMs, 0);
  });
});
