/**
 * The whole server on the simulated machine, through several lives: writes, rewrites, saves, directives that change,
 * faults of the disk that come and go, clocks that are set, and an end by kill -9, power loss or shutdown, after which it
 * starts again, perhaps on a disk that still fails, or with redis-server in between. What was promised must be there at
 * each start. Everything follows from the seed.
 */

import type { Tidemark } from "#tidemark/index.js";
import type { SeededChance } from "../support/chance.js";
import type { DiskOperation, Failure, SimulatedDisk } from "../support/disk.js";
import { type SimulatedPlatform, simulatedPlatform } from "../support/platform.js";
import { type Directives, launchSimulated } from "../support/product.js";
import type { WireClient } from "../support/wire.js";
import { Ledger } from "./ledger.js";

const PORT = 6379;
const POLICIES = ["always", "everysec", "no"] as const;
const OPERATIONS = [
  "any",
  "any",
  "open",
  "write",
  "sync",
  "sync",
  "truncate",
  "rename",
  "remove",
  "syncDirectory",
] as const satisfies readonly (DiskOperation | "any")[];
const PLACES = ["", "", "", ".incr.", ".base.", "manifest", "temp-", "appendonly"];
/** What recovers by itself has recovered after so long. */
const RECOVERY_MS = 3500;

export interface MishapsOptions {
  readonly lives?: number;
  /** Lets redis-server take the files over and go on with them. False if it cannot. */
  readonly takeOver?: (disk: SimulatedDisk, ledgers: readonly Ledger[]) => Promise<boolean>;
}

export class Mishaps {
  /** What has happened, for whoever has to find out. */
  readonly story: string[] = [];
  acknowledged = 0;
  private readonly ledgers: readonly Ledger[];
  private readonly seals: boolean;
  private layout: "multi-part" | "single";
  private machine: SimulatedPlatform;
  private server!: Tidemark;
  private administrator!: WireClient;
  private writers: WireClient[] = [];
  private readonly inFlight = new Set<Promise<unknown>>();
  private failure: Error | null = null;
  private policy: (typeof POLICIES)[number] = "always";
  private pauses = false;
  /** Whether the append-only file has everything: it was not switched off, or is complete again. */
  private complete = true;
  private stops: { stop(): void }[] = [];

  constructor(
    seed: number,
    private readonly chance: SeededChance,
    private readonly options: MishapsOptions = {},
  ) {
    this.machine = simulatedPlatform(seed);
    this.layout = chance.happens(0.3) ? "single" : "multi-part";
    this.seals = chance.happens(0.8);
    this.ledgers = Array.from({ length: 1 + chance.below(3) }, (_, database) => new Ledger(database));
  }

  async run(): Promise<void> {
    const lives = this.options.lives ?? 4;
    for (let life = 0; life < lives; life++) {
      await this.start();
      for (let steps = 5 + this.chance.below(60); steps > 0; steps--) await this.step();
      if (this.chance.happens(0.5)) await this.recover();
      await this.end();
    }
  }

  // ---- A life ----

  private async start(): Promise<void> {
    if (this.chance.happens(0.1)) this.layout = this.layout === "single" ? "multi-part" : "single";
    const directives = this.directives();
    this.tell(`start ${JSON.stringify(directives)}`);
    if (this.chance.happens(0.3)) this.beginFault();
    try {
      this.server = await launchSimulated(this.machine, directives);
    } catch (error) {
      this.tell(`it does not start: ${(error as Error).message}`);
      if (this.stops.length === 0 && this.machine.disk.room === Number.POSITIVE_INFINITY) throw error;
      this.machine = this.machine.rebooted(this.machine.disk.afterProcessDeath());
      this.forgetFaults();
      this.server = await launchSimulated(this.machine, directives);
    }
    this.complete = true;
    this.administrator = await this.machine.network.client(PORT);
    this.writers = [];
    for (const { database } of this.ledgers) {
      const writer = await this.machine.network.client(PORT);
      writer.send("SELECT", database);
      this.note(writer.receive());
      this.writers.push(writer);
    }
  }

  private directives(): Directives {
    const { chance } = this;
    this.policy = chance.pick(POLICIES);
    this.pauses = chance.happens(0.2);
    const yesOrNo = (): string => chance.pick(["yes", "no"]);
    return {
      appendonly: "yes",
      appendfsync: this.policy,
      "aof-layout": this.layout,
      "aof-annotations": this.seals ? "auto" : "no",
      "no-appendfsync-on-rewrite": this.pauses ? "yes" : "no",
      "aof-use-rdb-preamble": yesOrNo(),
      "aof-timestamp-enabled": yesOrNo(),
      "aof-disable-auto-gc": chance.happens(0.1) ? "yes" : "no",
      "aof-history-retention":
        this.layout === "single" ? "" : chance.pick(["", "", "count 2", "bytes 4000", "age 1m"]),
      "auto-aof-rewrite-percentage": chance.pick(["0", "50"]),
      "auto-aof-rewrite-min-size": "2000",
    };
  }

  private async step(): Promise<void> {
    const { chance } = this;
    const draw = chance.below(100);
    if (draw < 45) this.write(1 + chance.below(8));
    else if (draw < 52) this.command("BGREWRITEAOF");
    else if (draw < 55) this.command("BGSAVE");
    else if (draw < 58) await this.switchOffOrOn();
    else if (draw < 62) await this.changePolicy();
    else if (draw < 65) this.command("CONFIG", "SET", "aof-use-rdb-preamble", chance.pick(["yes", "no"]));
    else if (draw < 71) this.beginFault();
    else if (draw < 76) this.endFaults();
    else if (draw < 80) await this.waitForDevice();
    else if (draw < 82) this.setClock();
    else if (draw < 84) await this.recover();
    await (chance.happens(0.5)
      ? this.machine.clock.turn()
      : this.machine.clock.advance(chance.pick([1, 2, 5, 30, 1100])));
    if (chance.happens(0.2)) await this.look();
    if (this.failure !== null) throw this.failure;
  }

  private write(count: number): void {
    for (let left = count; left > 0; left--) {
      const at = this.chance.below(this.ledgers.length);
      const ledger = this.ledgers[at]!;
      const number = ledger.sent + 1;
      const isFirm = this.isFirm;
      this.note(
        ledger.write(this.writers[at]!).then((outcome) => {
          if (outcome !== "acknowledged") return;
          this.acknowledged++;
          if (this.complete) ledger.promise(number, isFirm && this.isFirm ? "power loss" : "death");
        }),
      );
    }
  }

  /** Whether an acknowledged write is on the device. */
  private get isFirm(): boolean {
    return this.complete && this.policy === "always" && !this.pauses;
  }

  private command(...words: string[]): void {
    this.tell(words.join(" "));
    this.note(this.administrator.reply(...words).then((reply) => this.tell(`  ${words[0]}: ${reply.value}`)));
  }

  private async switchOffOrOn(): Promise<void> {
    const isOn = /aof_enabled:1/.test(await this.info());
    this.complete = false;
    this.command("CONFIG", "SET", "appendonly", isOn && this.chance.happens(0.8) ? "no" : "yes");
  }

  /** Notes when the file is complete after it was switched on. */
  private async look(): Promise<void> {
    const acknowledged = this.ledgers.map(({ last }) => last);
    const info = await this.info();
    const isComplete =
      /aof_enabled:1\r\naof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0[\s\S]*bgrewrite_status:ok/;
    if (!this.complete && isComplete.test(info)) {
      this.tell("the append-only file is complete again");
      this.complete = true;
    }
    if (this.complete) this.ledgers.forEach((ledger, at) => void ledger.promise(acknowledged[at]!, "death"));
  }

  private async info(): Promise<string> {
    const { clock } = this.machine;
    return (await clock.run(this.administrator.reply("INFO", "persistence"))).raw.toString();
  }

  private async changePolicy(): Promise<void> {
    const policy = this.chance.pick(POLICIES);
    this.policy = "no";
    this.command("CONFIG", "SET", "appendfsync", policy);
    await this.machine.clock.advance(1);
    this.policy = policy;
  }

  private async waitForDevice(): Promise<void> {
    const at = this.chance.below(this.ledgers.length);
    const ledger = this.ledgers[at]!;
    const number = ledger.sent;
    const { complete } = this;
    const waiting = this.writers[at]!.reply("WAITAOF", 1, 0, 500).then(({ raw }) => {
      if (raw.toString().startsWith("*2\r\n:1") && complete && this.complete) {
        this.tell(`  WAITAOF: ${number} of database ${at} is on the device`);
        ledger.promise(number, "power loss");
      }
    });
    this.note(waiting);
  }

  private setClock(): void {
    const { clock } = this.machine;
    const by = this.chance.pick([-86_400_000, -3000, 3000, 86_400_000]);
    this.tell(`the clock is set by ${by} ms`);
    clock.setWallClock(clock.now() + by);
  }

  private note(promise: Promise<unknown>): void {
    const noted: Promise<unknown> = promise.then(
      () => this.inFlight.delete(noted),
      (error: Error) => {
        this.inFlight.delete(noted);
        if (/^A write was answered/.test(error.message)) this.failure ??= error;
      },
    );
    this.inFlight.add(noted);
  }

  // ---- Faults ----

  private beginFault(): void {
    const { chance } = this;
    const { disk } = this.machine;
    if (chance.happens(0.15)) {
      disk.room = chance.below(3000);
      this.tell(`room for ${disk.room} bytes`);
      return;
    }
    if (chance.happens(0.1)) disk.shortWrites = 0.3;
    const failure: Failure = {
      operation: chance.pick(OPERATIONS),
      path: chance.pick(PLACES),
      code: chance.pick(["EIO", "ENOSPC"]),
      after: chance.below(12),
      times: chance.pick([1, 1, 2, 5, 1000]),
    };
    this.tell(`fault ${JSON.stringify(failure)}`);
    this.stops.push(disk.fail(failure));
  }

  private endFaults(): void {
    if (this.stops.length > 0 && this.chance.happens(0.5)) {
      this.tell("one fault ends");
      this.stops.splice(this.chance.below(this.stops.length), 1)[0]!.stop();
      return;
    }
    this.tell("all faults end");
    for (const { stop } of this.stops) stop();
    this.forgetFaults();
  }

  private forgetFaults(): void {
    this.stops = [];
    this.machine.disk.room = Number.POSITIVE_INFINITY;
    this.machine.disk.shortWrites = 0;
  }

  /** Without faults it works again, by itself. */
  private async recover(): Promise<void> {
    while (this.stops.length > 0) this.stops.pop()!.stop();
    this.forgetFaults();
    this.tell("all is well for a while");
    await this.machine.clock.advance(RECOVERY_MS);
    for (const [at, ledger] of this.ledgers.entries()) {
      const number = ledger.sent + 1;
      const { isFirm, complete } = this;
      const outcome = await this.machine.clock.run(ledger.write(this.writers[at]!));
      if (outcome !== "acknowledged") throw new Error(`without a fault, a write is ${outcome}`);
      if (complete) ledger.promise(number, isFirm ? "power loss" : "death");
    }
    if (!/aof_last_write_status:ok/.test(await this.info())) throw new Error("aof_last_write_status");
  }

  // ---- The end, and what is left ----

  private async end(): Promise<void> {
    const { chance, machine } = this;
    await this.look();
    const how = chance.pick(["death", "death", "power loss", "power loss", "shutdown"] as const);
    this.tell(`the end: ${how}`);
    if (how === "shutdown") await this.shutDown();
    machine.network.cut();
    await machine.clock.run(Promise.all(this.inFlight));
    if (this.failure !== null) throw this.failure;
    const survival = chance.pick(["synced", "random", "random", "everything"] as const);
    const left =
      how === "power loss"
        ? machine.disk.afterPowerLoss(survival, this.seals)
        : machine.disk.afterProcessDeath();
    this.machine = machine.rebooted(left);
    this.forgetFaults();
    if (how !== "power loss" && this.options.takeOver !== undefined && chance.happens(0.3)) {
      this.tell("redis-server takes over");
      if (await this.options.takeOver(left, this.ledgers)) this.layout = "multi-part";
    }
    await this.verify(how === "power loss" ? how : "death");
  }

  private async shutDown(): Promise<void> {
    await this.recover();
    await this.machine.clock.run(this.server.close());
  }

  private async verify(after: "death" | "power loss"): Promise<void> {
    const directives = { appendonly: "yes", "aof-layout": this.layout, "auto-aof-rewrite-percentage": "0" };
    await launchSimulated(this.machine, { ...directives, "aof-annotations": this.seals ? "auto" : "no" });
    const client = await this.machine.network.client(PORT);
    for (const ledger of this.ledgers) {
      const wrong = await this.machine.clock.run(ledger.check(client, after));
      if (wrong !== null) throw new Error(wrong);
    }
    this.machine = this.machine.rebooted(this.machine.disk.afterProcessDeath());
  }

  private tell(line: string): void {
    this.story.push(`${this.machine.clock.monotonicUs() / 1000}: ${line}`);
  }
}
