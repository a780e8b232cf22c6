/**
 * The rewrite of the append-only file, with a crash after every single operation of the disk: whatever the crash
 * leaves starts, and holds no fewer writes than were acknowledged and no more than were sent, each exactly once.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { restore } from "#tidemark/server/tools/restore.js";
import { afterEveryOperation } from "../persistence/crash-states.js";
import { SeededChance } from "../support/chance.js";
import type { SimulatedDisk } from "../support/disk.js";
import { type SimulatedPlatform, simulatedPlatform } from "../support/platform.js";
import { type Directives, launchSimulated } from "../support/product.js";
import type { WireClient } from "../support/wire.js";

const PORT = 6379;

interface State {
  readonly disk: SimulatedDisk;
  readonly what: string;
  /** The counter must be at least this. */
  readonly promised: number;
}

/** A server with a counter and a list that grow together, whose disk is looked at after every operation. */
class Run {
  readonly states: State[] = [];
  readonly machine: SimulatedPlatform;
  sent = 0;
  acknowledged = 0;
  /** What has to be there after a crash. */
  promise: () => number = () => this.acknowledged;
  private client!: WireClient;
  /** Writes alone, and reads only the replies to writes. */
  private writer!: WireClient;
  private readonly chance: SeededChance;

  constructor(
    seed: number,
    private readonly directives: Directives,
  ) {
    this.machine = simulatedPlatform(seed);
    this.chance = new SeededChance(seed);
  }

  async start(): Promise<void> {
    const { machine } = this;
    await launchSimulated(machine, this.directives);
    this.client = await machine.clock.run(machine.network.client(PORT));
    this.writer = await machine.clock.run(machine.network.client(PORT));
    await machine.clock.run(this.writer.call("SELECT", "2"));
    void this.acknowledge().catch(() => {});
  }

  private async acknowledge(): Promise<void> {
    for (;;) {
      for (let replies = 0; replies < 4; replies++) await this.writer.receive();
      this.acknowledged++;
    }
  }

  call(...words: string[]): Promise<unknown> {
    return this.machine.clock.run(this.client.call(...(words as [string])));
  }

  /** Looks at what a crash would leave, from now on. */
  watch(): void {
    afterEveryOperation(this.machine.disk, (operation) => this.look(operation));
  }

  /** One write more, which is in flight while time passes. */
  write(): void {
    this.sent++;
    this.writer.send("MULTI");
    this.writer.send("INCR", "counter");
    this.writer.send("RPUSH", "list", String(this.sent));
    this.writer.send("EXEC");
  }

  async writeUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (let turns = 0; ; turns++) {
      assert.ok(turns < 3000, `not reached: ${what}`);
      // In the pauses the thread of a single file catches up, and asks for the end of the stream.
      if (turns % 3 === 0 && turns % 80 < 40) this.write();
      await this.machine.clock.advance(1);
      if (turns % 20 === 0 && (await condition())) return;
    }
  }

  private look(operation: string): void {
    const { disk } = this.machine;
    const note = (what: string, state: SimulatedDisk, promised: number): void =>
      void this.states.push({
        what: `${what} after ${this.states.length} ${operation}`,
        disk: state,
        promised,
      });
    if (this.chance.happens(0.5)) note("process death", disk.afterProcessDeath(), this.promise());
    const isAlways = this.directives.appendfsync === "always";
    note("power loss", disk.afterPowerLoss("synced"), isAlways ? this.promise() : 0);
    note("power loss, part of it", disk.afterPowerLoss("random", true), isAlways ? this.promise() : 0);
  }
}

/** What a server finds on the disk: the counter, which the list must agree with. */
async function found(machine: SimulatedPlatform, directives: Directives): Promise<number> {
  await launchSimulated(machine, directives);
  const client = await machine.clock.run(machine.network.client(PORT));
  const call = (...words: string[]): Promise<unknown> =>
    machine.clock.run(client.call(...(words as [string])));
  await call("SELECT", "2");
  const counter = Number(await call("GET", "counter"));
  const list = (await call("LRANGE", "list", "0", "-1")) as string[];
  assert.deepEqual(
    list,
    Array.from({ length: counter }, (_, index) => String(index + 1)),
  );
  return counter;
}

async function checkAll(
  run: Run,
  directives: Directives,
  check: (machine: SimulatedPlatform, held: number, what: string) => Promise<void> = async () => {},
): Promise<void> {
  const step = Math.max(1, Math.ceil(run.states.length / 400));
  let machine = run.machine;
  for (const [index, { disk, what, promised }] of run.states.entries()) {
    if (index % step !== 0) continue;
    machine = machine.rebooted(disk);
    const held = await found(machine, directives).catch((error: Error) => {
      throw new Error(`state ${index}, ${what}: ${error.message}`, { cause: error });
    });
    assert.ok(
      held >= promised && held <= run.sent,
      `state ${index}, ${what}: ${held} of ${promised} promised and ${run.sent} sent`,
    );
    await check(machine, held, what);
  }
}

async function rewritten(run: Run): Promise<boolean> {
  return /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0[\s\S]*aof_last_bgrewrite_status:ok/.test(
    (await run.call("INFO", "persistence")) as string,
  );
}

const CASES = ["multi-part", "single"].flatMap((layout) =>
  ["always", "everysec"].flatMap((policy) => ["yes", "no"].map((preamble) => ({ layout, policy, preamble }))),
);

for (const { layout, policy, preamble } of CASES)
  test(`a crash at any step of a rewrite (aof-layout ${layout}, appendfsync ${policy}, aof-use-rdb-preamble ${preamble})`, async () => {
    const directives = {
      appendonly: "yes",
      "aof-layout": layout,
      appendfsync: policy,
      "aof-use-rdb-preamble": preamble,
      "auto-aof-rewrite-percentage": "0",
    };
    const run = new Run(preamble === "yes" ? 11 : 12, directives);
    await run.start();
    for (let i = 0; i < 30; i++) run.write();
    await run.machine.clock.advance(50);
    run.watch();
    for (let round = 0; round < 2; round++) {
      assert.match(String(await run.call("BGREWRITEAOF")), /started/);
      await run.writeUntil("the rewrite has ended", () => rewritten(run));
    }
    if (layout === "multi-part")
      await run.writeUntil("the history is gone", async () => {
        const names = run.machine.disk.list("/data/appendonlydir") ?? [];
        return names.length === 3 && names.some((name) => name.includes(".3.base."));
      });
    else assert.deepEqual(run.machine.disk.list("/data"), ["appendonly.aof"]);
    assert.ok(run.states.length > 100);
    await checkAll(run, directives);
  });

test("a crash at any step of a rewrite whose history is kept: no write is missing in the history", async () => {
  const directives = {
    appendonly: "yes",
    "auto-aof-rewrite-percentage": "0",
    "aof-history-retention": "count 9",
  };
  const run = new Run(13, directives);
  await run.start();
  for (let i = 0; i < 30; i++) run.write();
  await run.machine.clock.advance(50);
  run.watch();
  for (let round = 0; round < 2; round++) {
    assert.match(String(await run.call("BGREWRITEAOF")), /started/);
    await run.writeUntil("the rewrite has ended", () => rewritten(run));
  }
  await run.writeUntil("the history has moved", async () => {
    const names = run.machine.disk.list("/data/appendonlydir") ?? [];
    return names.length === 4 && names.some((name) => name.includes(".3.base."));
  });
  await checkAll(run, directives, async (machine, held, what) => {
    // The simulated disk may then lose a file on its way between two directories, which file systems do not.
    if (what.startsWith("power loss, part")) return;
    const words = ["--dir", "/data", "--to", "before:RPUSH", "--occurrence", "1000000", "--out", "/out"];
    machine.host.output = "";
    await machine.clock.run(restore(words, machine));
    const count = held === 0 ? "There is no" : `There are only ${held}`;
    assert.match(machine.host.output, new RegExp(`^${count} RPUSH in the files`));
  });
});

for (const policy of ["always", "everysec"])
  test(`a crash at any step of switching the file on: the log is the old one, or the new one (appendfsync ${policy})`, async () => {
    const directives = { appendonly: "yes", appendfsync: policy, "auto-aof-rewrite-percentage": "0" };
    const run = new Run(14, directives);
    await run.start();
    for (let i = 0; i < 30; i++) run.write();
    await run.machine.clock.advance(50);
    await run.call("CONFIG", "SET", "appendonly", "no");
    await run.machine.clock.advance(50);
    const old = run.acknowledged;
    assert.equal(old, 30);
    let isOn = false;
    run.promise = () => (isOn ? run.acknowledged : old);
    // Nobody logs these.
    for (let i = 0; i < 10; i++) run.write();
    await run.machine.clock.advance(50);
    run.watch();
    await run.call("CONFIG", "SET", "appendonly", "yes");
    await run.writeUntil("the rewrite has ended", async () => {
      isOn = await rewritten(run);
      return isOn;
    });
    for (let i = 0; i < 20; i++) {
      run.write();
      await run.machine.clock.advance(20);
    }
    assert.ok(run.states.length > 50);
    await checkAll(run, directives);
  });
