/** The access clock: idle time under LRU, frequency under LFU, in 24 bits that wrap. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AccessClock } from "#tidemark/keyspace/access.js";
import { SeededChance } from "../support/chance.js";

const MINUTE = 60_000;

function clockOf(settings: Partial<AccessClock["settings"]> = {}): AccessClock {
  const clock = new AccessClock(new SeededChance(5));
  Object.assign(clock.settings, settings);
  clock.tick(1000 * MINUTE);
  return clock;
}

/** The counter after so many accesses in the same minute. */
function counted(accesses: number, logFactor: number): number {
  const clock = clockOf({ lfu: true, logFactor });
  let access = clock.initial();
  for (let i = 0; i < accesses; i++) access = clock.touched(access);
  return clock.frequency(access);
}

describe("AccessClock under LRU", () => {
  it("tells the seconds since the last access", () => {
    const clock = clockOf();
    const access = clock.initial();
    clock.tick(1000 * MINUTE + 42_999);
    assert.equal(clock.idleSeconds(access), 42);
    assert.equal(clock.idleSeconds(clock.touched(access)), 0);
  });

  it("goes on when its 24 bits wrap", () => {
    const clock = clockOf();
    clock.tick((2 ** 24 - 10) * 1000);
    const access = clock.initial();
    assert.equal(access, 2 ** 24 - 10);
    clock.tick((2 ** 24 + 20) * 1000);
    assert.equal(clock.lruClock, 20);
    assert.equal(clock.idleSeconds(access), 30);
  });

  it("takes an idle time from outside", () => {
    const clock = clockOf();
    assert.equal(clock.idleSeconds(clock.fromIdle(1234)), 1234);
  });
});

describe("AccessClock under LFU", () => {
  it("begins at five, so that a new key is not the first to go", () => {
    const clock = clockOf({ lfu: true });
    assert.equal(clock.frequency(clock.initial()), 5);
  });

  it("counts logarithmically, more slowly with a larger lfu-log-factor", () => {
    assert.equal(counted(1000, 0), 255);
    const [few, some, many] = [counted(100, 10), counted(1000, 10), counted(100_000, 10)];
    assert.ok(few > 5 && few < some && some < many && many < 255, `${few} ${some} ${many}`);
    assert.ok(counted(1000, 100) < some);
  });

  it("never counts beyond 255", () => {
    assert.equal(counted(2000, 0), 255);
  });

  it("loses one for every lfu-decay-time minutes without an access, and nothing when that is 0", () => {
    const clock = clockOf({ lfu: true, decayMinutes: 2 });
    const access = clock.fromFrequency(100);
    clock.tick(1007 * MINUTE);
    assert.equal(clock.frequency(access), 97);
    clock.tick(2000 * MINUTE);
    assert.equal(clock.frequency(access), 0);
    clock.settings.decayMinutes = 0;
    assert.equal(clock.frequency(access), 100);
  });

  it("decays before it counts", () => {
    const clock = clockOf({ lfu: true, logFactor: 10_000 });
    const access = clock.fromFrequency(100);
    clock.tick(1010 * MINUTE);
    assert.equal(clock.frequency(clock.touched(access)), 90);
  });

  it("goes on when its 16 bits of minutes wrap", () => {
    const clock = clockOf({ lfu: true });
    clock.tick((2 ** 16 - 2) * MINUTE);
    const access = clock.fromFrequency(50);
    clock.tick((2 ** 16 + 3) * MINUTE);
    assert.equal(clock.frequency(access), 45);
  });
});
