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
import type { Directives } from "../support/product.js";
import { SimulatedServer } from "../support/simulated-server.js";
import type { WireClient } from "../support/wire.js";

interface State {
  readonly disk: SimulatedDisk;
  readonly what: string;
  /** The counter must be at least this. */
  readonly promised: number;
}

/** A server with a counter and a list that grow together, whose disk is looked at after every operation. */
class Run extends SimulatedServer {
  readonly states: State[] = [];
  sent = 0;
  acknowledged = 0;
  /** What has to be there after a crash. */
  promise: () => number = () => this.acknowledged;
  /** Writes alone, and reads only the replies to writes. */
  private writer!: WireClient;
  private readonly chance = new SeededChance(1);

  /** A server that has some writes already. */
  static async begin(seed: number, directives: Directives): Promise<Run> {
    const settings = { ...directives, appendonly: "yes", "auto-aof-rewrite-percentage": "0" };
    const run = await Run.start(settings, simulatedPlatform(seed));
    run.writer = await run.connect();
    await run.platform.clock.run(run.writer.call("SELECT", "2"));
    void run.acknowledge().catch(() => {});
    await run.writeAtOnce(30);
    return run;
  }

  private async acknowledge(): Promise<void> {
    for (;;) {
      for (let replies = 0; replies < 4; replies++) await this.writer.receive();
      this.acknowledged++;
    }
  }

  /** Looks at what a crash would leave, from now on. */
  watch(): void {
    afterEveryOperation(this.disk, (operation) => this.look(operation));
  }

  /** One write more, which is in flight while time passes. */
  write(): void {
    this.sent++;
    this.writer.send("MULTI");
    this.writer.send("INCR", "counter");
    this.writer.send("RPUSH", "list", String(this.sent));
    this.writer.send("EXEC");
  }

  async writeAtOnce(count: number): Promise<void> {
    for (let i = 0; i < count; i++) this.write();
    await this.advance(50);
  }

  async rewriteTwice(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      assert.match(String(await this.call("BGREWRITEAOF")), /started/);
      await this.writeUntil("the rewrite has ended", () => this.isRewritten());
    }
  }

  async isRewritten(): Promise<boolean> {
    return /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0[\s\S]*aof_last_bgrewrite_status:ok/.test(
      String(await this.call("INFO", "persistence")),
    );
  }

  /** Until the files of the second rewrite are there, and so many names in all. */
  async writeUntilTidy(names: number): Promise<void> {
    await this.writeUntil("what was replaced is gone from its place", async () => {
      const found = this.disk.list("/data/appendonlydir") ?? [];
      return found.length === names && found.some((name) => name.includes(".3.base."));
    });
  }

  async writeUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (let turns = 0; ; turns++) {
      assert.ok(turns < 3000, `not reached: ${what}`);
      // In the pauses the thread of a single file catches up, and asks for the end of the stream.
      if (turns % 3 === 0 && turns % 80 < 40) this.write();
      await this.advance(1);
      if (turns % 20 === 0 && (await condition())) return;
    }
  }

  private look(operation: string): void {
    const { disk } = this;
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

  /** Starts a server on every state, or on an even share of many: what it finds is what was promised, or more. */
  async check(
    then: (machine: SimulatedPlatform, held: number, what: string) => Promise<void> = async () => {},
  ): Promise<void> {
    const { states, sent, directives } = this;
    const step = Math.max(1, Math.ceil(states.length / 400));
    for (let index = 0; index < states.length; index += step) {
      const { disk, what, promised } = states[index]!;
      const machine = this.rebooted(disk);
      const where = `state ${index}, ${what}`;
      const held = await found(machine, directives).catch((error: Error) => {
        throw new Error(`${where}: ${error.message}`, { cause: error });
      });
      assert.ok(
        held >= promised && held <= sent,
        `${where}: ${held} of ${promised} promised and ${sent} sent`,
      );
      await then(machine, held, what);
    }
  }
}

/** What a server finds on the disk: the counter, which the list must agree with. */
async function found(machine: SimulatedPlatform, directives: Directives): Promise<number> {
  const server = await SimulatedServer.start(directives, machine);
  await server.call("SELECT", "2");
  const counter = Number(await server.call("GET", "counter"));
  const numbers = Array.from({ length: counter }, (_, index) => String(index + 1));
  assert.deepEqual(await server.call("LRANGE", "list", "0", "-1"), numbers);
  return counter;
}

const CASES = ["multi-part", "single"].flatMap((layout) =>
  ["always", "everysec"].flatMap((policy) => ["yes", "no"].map((preamble) => ({ layout, policy, preamble }))),
);

for (const { layout, policy, preamble } of CASES)
  test(`a crash at any step of a rewrite (aof-layout ${layout}, appendfsync ${policy}, aof-use-rdb-preamble ${preamble})`, async () => {
    const run = await Run.begin(preamble === "yes" ? 11 : 12, {
      "aof-layout": layout,
      appendfsync: policy,
      "aof-use-rdb-preamble": preamble,
    });
    run.watch();
    await run.rewriteTwice();
    if (layout === "multi-part") await run.writeUntilTidy(3);
    else assert.deepEqual(run.disk.list("/data"), ["appendonly.aof"]);
    assert.ok(run.states.length > 100);
    await run.check();
  });

test("a crash at any step of a rewrite whose history is kept: no write is missing in the history", async () => {
  const run = await Run.begin(13, { "aof-history-retention": "count 9" });
  run.watch();
  await run.rewriteTwice();
  await run.writeUntilTidy(4);
  await run.check(async (machine, held, what) => {
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
    const run = await Run.begin(14, { appendfsync: policy });
    await run.call("CONFIG", "SET", "appendonly", "no");
    await run.advance(50);
    const old = run.acknowledged;
    assert.equal(old, 30);
    let isOn = false;
    run.promise = () => (isOn ? run.acknowledged : old);
    // Nobody logs these.
    await run.writeAtOnce(10);
    run.watch();
    await run.call("CONFIG", "SET", "appendonly", "yes");
    await run.writeUntil("the rewrite has ended", async () => {
      isOn = await run.isRewritten();
      return isOn;
    });
    for (let i = 0; i < 20; i++) {
      run.write();
      await run.advance(20);
    }
    assert.ok(run.states.length > 50);
    await run.check();
  });
