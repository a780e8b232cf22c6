/**
 * Random histories on a disk that fails, with a crash after every single operation of the disk. Whatever the crash
 * leaves must load as a whole number of units from the history's beginning, no fewer than the policy has promised.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { FsyncPolicy } from "#tidemark/persistence/aof-parts.js";
import { SeededChance } from "../support/chance.js";
import { SimulatedClock } from "../support/clock.js";
import { type DiskOperation, SimulatedDisk } from "../support/disk.js";
import { afterEveryOperation } from "./crash-states.js";
import { Store } from "./store.js";

/** A disk after a crash, and how many units it must hold at least. */
interface CrashState {
  readonly disk: SimulatedDisk;
  readonly what: string;
  readonly promised: number;
}

/** A store that runs numbered units and notes the promises made. */
class History {
  readonly states: CrashState[] = [];
  units = 0;
  acknowledged = 0;
  private readonly offsets: number[] = [];
  readonly clock = new SimulatedClock();
  readonly disk: SimulatedDisk;
  private store!: Store;

  constructor(
    private readonly chance: SeededChance,
    private readonly policy: FsyncPolicy,
  ) {
    this.disk = new SimulatedDisk(
      chance.fork(),
      (action) => void this.clock.after(1 + chance.below(30), action),
    );
    this.disk.placeDirectory("/data");
  }

  async start(): Promise<void> {
    this.store = await new Store(this.disk, this.clock, { policy: this.policy, seals: true }).start();
    afterEveryOperation(this.disk, () => this.capture());
  }

  /** One unit: a counter, and in another database the same number, which must never come apart. */
  private unit(): void {
    const number = ++this.units;
    const commands = ["INCR n", "SELECT 1", `SET n ${number}`, "SELECT 0"];
    this.store.run(0, commands, () => {
      this.acknowledged = Math.max(this.acknowledged, number);
    });
    this.offsets.push(this.store.log.offset);
  }

  async step(): Promise<void> {
    const { chance, disk } = this;
    const roll = chance.below(20);
    if (roll === 0) this.failSomething();
    else if (roll === 1) disk.room = chance.below(400);
    else if (roll <= 3) disk.room = Number.POSITIVE_INFINITY;
    else if (roll === 4) disk.shortWrites = chance.below(2) * 0.3;
    if (this.policy === "no" && roll === 5) this.store.aof.syncUpTo(this.store.log.offset);
    for (let units = this.store.aof.canWrite ? chance.below(4) : 0; units > 0; units--) this.unit();
    this.store.endTurn();
    await this.clock.advance(chance.below(4) === 0 ? chance.below(1500) : chance.below(20));
  }

  async finish(): Promise<void> {
    this.disk.room = Number.POSITIVE_INFINITY;
    this.disk.shortWrites = 0;
    await this.clock.advance(20_000);
    assert.equal(this.acknowledged, this.units, "every unit is acknowledged in the end");
    await this.clock.run(this.store.aof.close());
    this.states.push({ disk: this.disk.afterPowerLoss("synced"), what: "after close", promised: this.units });
  }

  private failSomething(): void {
    const operations: DiskOperation[] = [
      "write",
      "sync",
      "sync",
      "truncate",
      "rename",
      "syncDirectory",
      "open",
    ];
    const operation = operations[this.chance.below(operations.length)]!;
    const failure = this.disk.fail({
      operation,
      after: this.chance.below(3),
      times: 1 + this.chance.below(3),
    });
    this.clock.after(5000, () => failure.stop());
  }

  private capture(): void {
    const { policy, chance, disk, store } = this;
    if (chance.below(6) === 0)
      this.states.push({ disk: disk.afterProcessDeath(), what: "process", promised: this.acknowledged });
    if (chance.below(3) !== 0) return;
    const synced = this.offsets.filter((offset) => offset <= store.aof.durableOffset).length;
    const promised = policy === "always" ? this.acknowledged : synced;
    const survival = (["synced", "random", "random"] as const)[chance.below(3)]!;
    const zeros = chance.below(2) === 0;
    this.states.push({
      disk: disk.afterPowerLoss(survival, zeros),
      what: `power loss, ${survival}`,
      promised,
    });
  }
}

/** How many units the state holds. */
async function load({ disk, what }: CrashState): Promise<number> {
  const store = await start(disk, what);
  const held = units(store, what);
  // What a start has found, others may have been told of before the power fails.
  const later = `${what}, start, power loss`;
  assert.equal(units(await start(store.disk.afterPowerLoss("synced"), later), later), held);
  return held;
}

async function start(disk: SimulatedDisk, what: string): Promise<Store> {
  const store = new Store(disk.afterProcessDeath(queueMicrotask), new SimulatedClock(), { seals: true });
  await store.start().catch((error: Error) => assert.fail(`${what}: ${error.message}`));
  return store;
}

function units({ dataset: { values } }: Store, what: string): number {
  assert.equal(values.get("0/n"), values.get("1/n"), `${what}: a unit came apart`);
  return Number(values.get("0/n") ?? "0");
}

for (const policy of ["always", "everysec", "no"] as const) {
  test(`${policy}: every state that a crash can leave loads, and holds what was promised`, async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const history = new History(new SeededChance(seed), policy);
      await history.start();
      for (let step = 0; step < 40; step++) await history.step();
      await history.finish();
      for (const [index, state] of history.states.entries()) {
        const held = await load(state);
        assert.ok(
          held >= state.promised && held <= history.units,
          `seed ${seed}, state ${index}, ${state.what}: ${held} of ${state.promised} promised units`,
        );
      }
    }
  });
}
