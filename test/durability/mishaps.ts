/**
 * The whole server on the simulated machine, through several lives: writes, rewrites, saves, directives that change,
 * faults of the disk that come and go, clocks that are set, and an end by kill -9, power loss or shutdown, after which it
 * starts again, perhaps on a disk that still fails, or with redis-server in between. What was promised must be there at
 * each start. Everything follows from the seed.
 */

import type { Tidemark } from "#tidemark/index.js";
import type { SeededChance } from "../support/chance.js";
import type { SimulatedDisk } from "../support/disk.js";
import { type SimulatedPlatform, simulatedPlatform } from "../support/platform.js";
import { beginSimulated, type Directives, launchSimulated } from "../support/product.js";
import type { WireClient } from "../support/wire.js";
import { checkFiles, checkPast, type Moment } from "./aftermath.js";
import { Faults } from "./faults.js";
import { Ledger, move } from "./ledger.js";

const PORT = 6379;
const POLICIES = ["always", "everysec", "no"] as const;
/** What is changed while it serves. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  "aof-use-rdb-preamble": ["yes", "no"],
  "aof-timestamp-enabled": ["yes", "no"],
  "aof-rewrite-incremental-fsync": ["yes", "no"],
  "aof-disable-auto-gc": ["no", "no", "yes"],
  "aof-history-retention": ["", "count 1", "count 3 bytes 4000"],
  "auto-aof-rewrite-percentage": ["0", "50"],
  save: ["", "1 1", "2 10"],
  rdbcompression: ["yes", "no"],
  "rdb-version": ["9", "10"],
};
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
  /** Whether there are only snapshots. */
  private withoutLog: boolean;
  /** Whether the append-only file has everything: it was not switched off, or is complete again. */
  private complete = true;
  /** What had been acknowledged when BGSAVE began, until it has ended well. */
  private saving: number[] | null = null;
  /** Places in the log that this life has come by. */
  private moments: Moment[] = [];

  private readonly faults: Faults;

  constructor(
    seed: number,
    private readonly chance: SeededChance,
    private readonly options: MishapsOptions = {},
  ) {
    this.machine = simulatedPlatform(seed);
    this.faults = new Faults(chance, (line) => this.tell(line));
    this.layout = chance.happens(0.3) ? "single" : "multi-part";
    this.seals = chance.happens(0.8);
    this.withoutLog = chance.happens(0.25);
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
    // From then on with a log, which begins with the snapshot.
    if (this.chance.happens(0.2)) this.withoutLog = false;
    const directives = this.directives();
    this.tell(`start ${JSON.stringify(directives)}`);
    if (this.chance.happens(0.3)) this.faults.begin(this.machine.disk);
    while (!this.withoutLog && this.chance.happens(0.15)) await this.dieWhileStarting(directives);
    try {
      this.server = await launchSimulated(this.machine, directives);
    } catch (error) {
      this.tell(`it does not start: ${(error as Error).message}`);
      if (!this.faults.areThere(this.machine.disk)) throw error;
      this.machine = this.machine.rebooted(this.machine.disk.afterProcessDeath());
      this.faults.clear(this.machine.disk);
      this.server = await launchSimulated(this.machine, directives);
    }
    this.complete = !this.withoutLog;
    this.saving = null;
    this.moments = [];
    this.administrator = await this.machine.network.client(PORT);
    if (this.chance.happens(0.5)) await this.beReplicated();
    this.writers = [];
    for (const { database } of this.ledgers) {
      const writer = await this.machine.network.client(PORT);
      writer.send("SELECT", database);
      this.note(writer.receive());
      this.writers.push(writer);
      if (this.chance.happens(0.5)) await this.beginMoving(database);
    }
  }

  /** All that was there has been made safe by a start before this one. */
  private async dieWhileStarting(directives: Directives): Promise<void> {
    const { machine, chance } = this;
    const launched = beginSimulated(machine, directives);
    launched.catch(() => {});
    await machine.clock.advance(chance.below(12));
    const survival = chance.pick(["synced", "random", "everything"] as const);
    this.tell(`it dies while it starts, ${survival} is left`);
    machine.network.cut();
    this.machine = machine.rebooted(machine.disk.afterPowerLoss(survival, this.seals));
    this.faults.clear(this.machine.disk);
  }

  /** A replica asks for everything and goes away: from then on the log has offsets. */
  private async beReplicated(): Promise<void> {
    const replica = await this.machine.network.client(PORT);
    this.note(replica.reply("PSYNC", "?", -1));
    for (let turns = this.chance.below(20); turns >= 0; turns--) await this.machine.clock.advance(1);
    replica.close();
  }

  private directives(): Directives {
    const { chance } = this;
    this.policy = chance.pick(POLICIES);
    this.pauses = chance.happens(0.2);
    const yesOrNo = (): string => chance.pick(["yes", "no"]);
    return {
      appendonly: this.withoutLog ? "no" : "yes",
      save: chance.pick(["", "", "1 1"]),
      "stop-writes-on-bgsave-error": "no",
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
    else if (draw < 52) this.rewrite();
    else if (draw < 56) this.save();
    else if (draw < 58) await this.switchOffOrOn();
    else if (draw < 61) await this.changePolicy();
    else if (draw < 65) this.change();
    else if (draw < 71) this.faults.begin(this.machine.disk);
    else if (draw < 76) this.faults.end(this.machine.disk);
    else if (draw < 80) await this.waitForDevice();
    else if (draw < 82) this.setClock();
    else if (draw < 84) await this.recover();
    await (chance.happens(0.5)
      ? this.machine.clock.turn()
      : this.machine.clock.advance(chance.pick([1, 2, 5, 30, 1100])));
    if (chance.happens(0.2)) await this.look();
    if (this.failure !== null) throw this.failure;
  }

  private rewrite(): void {
    if (!this.withoutLog) this.command("BGREWRITEAOF");
  }

  private save(): void {
    const acknowledged = this.acknowledgedNow();
    const isInBackground = this.chance.happens(0.6);
    const words = isInBackground ? ["BGSAVE", "SCHEDULE"] : ["SAVE"];
    this.ask(words, (reply) => {
      if (isInBackground && reply === "Background saving started") this.saving = acknowledged;
      else if (reply === "OK") this.saved(acknowledged);
    });
  }

  /** A snapshot has all of this. With a log it is not what a start reads. */
  private saved(numbers: readonly number[]): void {
    if (!this.withoutLog) return;
    this.tell(`  saved up to ${numbers}`);
    this.ledgers.forEach((ledger, at) => void ledger.promise(numbers[at]!, "power loss"));
  }

  private change(): void {
    const name = this.chance.pick(Object.keys(CHANGES));
    if (name === "aof-history-retention" && this.layout === "single") return;
    this.command("CONFIG", "SET", name, this.chance.pick(CHANGES[name]!));
  }

  private acknowledgedNow(): number[] {
    return this.ledgers.map(({ last }) => last);
  }

  private async beginMoving(database: number): Promise<void> {
    const mover = await this.machine.network.client(PORT);
    mover.send("SELECT", database);
    this.note(mover.receive().then(() => this.goOnMoving(mover)));
  }

  private goOnMoving(mover: WireClient): void {
    this.note(move(mover).then(() => this.goOnMoving(mover)));
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
    this.ask(words, () => {});
  }

  private ask(words: readonly string[], then: (reply: string) => void): void {
    this.tell(words.join(" "));
    const reply = this.administrator.reply(...words).then(({ value }) => {
      this.tell(`  ${words[0]}: ${value}`);
      then(String(value));
    });
    this.note(reply);
  }

  private async switchOffOrOn(): Promise<void> {
    if (this.withoutLog) return;
    const isOn = /aof_enabled:1/.test(await this.info());
    this.complete = false;
    this.command("CONFIG", "SET", "appendonly", isOn && this.chance.happens(0.8) ? "no" : "yes");
  }

  /** Notes when the file is complete after it was switched on. */
  private async look(): Promise<void> {
    const acknowledged = this.acknowledgedNow();
    const info = await this.info();
    await this.noteMoment();
    if (this.saving !== null && /rdb_bgsave_in_progress:0[\s\S]*rdb_last_bgsave_status:ok/.test(info)) {
      this.saved(this.saving);
      this.saving = null;
    }
    const isComplete =
      /aof_enabled:1\r\naof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0[\s\S]*bgrewrite_status:ok/;
    if (!this.complete && isComplete.test(info)) {
      this.tell("the append-only file is complete again");
      this.complete = true;
    }
    if (this.complete) this.ledgers.forEach((ledger, at) => void ledger.promise(acknowledged[at]!, "death"));
  }

  private async noteMoment(): Promise<void> {
    const offset = Number(/master_repl_offset:(\d+)/.exec(await this.info("replication"))?.[1]);
    if (offset > 0) this.moments.push({ offset, sent: this.ledgers.map(({ sent }) => sent) });
  }

  private async info(section = "persistence"): Promise<string> {
    const { clock } = this.machine;
    return (await clock.run(this.administrator.reply("INFO", section))).raw.toString();
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

  /** Without faults it works again, by itself. */
  private async recover(): Promise<void> {
    this.faults.clear(this.machine.disk);
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
    this.faults.clear(this.machine.disk);
    const { takeOver } = this.options;
    if (how !== "power loss" && takeOver !== undefined && !this.withoutLog && chance.happens(0.3)) {
      this.tell("redis-server takes over");
      // What it writes has no place in the history that these are of.
      this.moments = [];
      if (await takeOver(left, this.ledgers)) this.layout = "multi-part";
    }
    await this.verify(how === "power loss" ? how : "death");
  }

  private async shutDown(): Promise<void> {
    const { chance } = this;
    await this.recover();
    const acknowledged = this.acknowledgedNow();
    const save = chance.pick(["save", "nosave", "default"] as const);
    // It does not end by itself while the first rewrite of a file is still to be made.
    const force = !this.complete || chance.happens(0.5);
    this.tell(`shutdown: ${save}`);
    await this.machine.clock.run(this.server.shutdown({ save, now: true, force }));
    if (save === "save") this.saved(acknowledged);
  }

  private async verify(after: "death" | "power loss"): Promise<void> {
    const appendonly = this.withoutLog ? "no" : "yes";
    const directives = { appendonly, "aof-layout": this.layout, "auto-aof-rewrite-percentage": "0" };
    await launchSimulated(this.machine, { ...directives, "aof-annotations": this.seals ? "auto" : "no" });
    const client = await this.machine.network.client(PORT);
    for (const ledger of this.ledgers) {
      const wrong = await this.machine.clock.run(ledger.check(client, after, !this.withoutLog));
      if (wrong !== null) throw new Error(wrong);
    }
    this.machine = this.machine.rebooted(this.machine.disk.afterProcessDeath());
    if (!this.withoutLog) await this.lookAtFiles();
  }

  private async lookAtFiles(): Promise<void> {
    await checkFiles(this.machine);
    if (this.moments.length === 0) return;
    const moment = this.chance.pick(this.moments);
    this.tell(`restore to ${moment.offset}: ${await checkPast(this.machine, this.ledgers, moment)}`);
    this.machine = this.machine.rebooted(this.machine.disk.afterProcessDeath());
  }

  private tell(line: string): void {
    this.story.push(`${this.machine.clock.monotonicUs() / 1000}: ${line}`);
  }
}
