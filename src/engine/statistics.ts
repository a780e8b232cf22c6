/** Counters that INFO shows, and rates sampled from them. */

import type { ExpiryCycleResult } from "../keyspace/expiry-cycle.js";

const SAMPLES = 16;
/** More codes of errors than this are an attack or a script's invention, and all count as one. */
const ERROR_CODES_MAX = 128;

/** How fast one counter grows with another one: per second, or per cycle. The average of the last samples. */
export class Rate {
  private readonly samples = new Float64Array(SAMPLES);
  private at = 0;
  private lastValue = 0;
  private lastBase = 0;

  /** Takes both counters as they are now. */
  sample(value: number, base: number): void {
    if (this.lastBase > 0 && base > this.lastBase) {
      this.samples[this.at] = (value - this.lastValue) / (base - this.lastBase);
      this.at = (this.at + 1) % SAMPLES;
    }
    this.lastValue = value;
    this.lastBase = base;
  }

  get average(): number {
    return this.samples.reduce((sum, sample) => sum + sample, 0) / SAMPLES;
  }

  reset(): void {
    this.samples.fill(0);
    this.lastValue = 0;
    this.lastBase = 0;
  }
}

/** Plain counters: all begin at zero, and CONFIG RESETSTAT sets them to zero again. */
class Counters {
  connections = 0;
  rejectedConnections = 0;
  commands = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Of `bytesOut`, what went to replicas. */
  replicaBytesOut = 0;
  fullSyncs = 0;
  partialSyncs = 0;
  refusedPartialSyncs = 0;
  reads = 0;
  writes = 0;
  errorReplies = 0;
  /** Commands of the primary's stream that have failed here. */
  unexpectedErrors = 0;
  deniedAuth = 0;
  /** Disconnected because of `maxmemory-clients`. */
  evictedClients = 0;
  outputLimitDisconnections = 0;
  queryLimitDisconnections = 0;
  expireCycleMs = 0;
  expireTimeCapReached = 0;
  expiredStalePercent = 0;
  /** Turns of the event loop that had something to do, and the microseconds they took, in all and at most. */
  turns = 0;
  turnUs = 0;
  turnUsMax = 0;
  commandsPerTurnMax = 0;
  /** Microseconds spent in commands, in background work, and in handing the log over. */
  commandUs = 0;
  cronUs = 0;
  logUs = 0;
}

export class Statistics extends Counters {
  readonly commandRate = new Rate();
  readonly inputRate = new Rate();
  readonly outputRate = new Rate();
  readonly replicaOutputRate = new Rate();
  readonly turnRate = new Rate();
  /** Microseconds of a turn. */
  readonly turnLength = new Rate();
  /** Error replies by their code. */
  readonly errors = new Map<string, number>();
  /** When the turn that is under way began, monotonic microseconds; 0 between turns. */
  private turnStartUs = 0;
  private commandsBeforeTurn = 0;

  /** Ten times a second: takes what the rates are made of. */
  sample(nowMs: number): void {
    const seconds = nowMs / 1000;
    this.commandRate.sample(this.commands, seconds);
    this.inputRate.sample(this.bytesIn, seconds);
    this.outputRate.sample(this.bytesOut, seconds);
    this.replicaOutputRate.sample(this.replicaBytesOut, seconds);
    this.turnRate.sample(this.turns, seconds);
    this.turnLength.sample(this.turnUs, this.turns);
  }

  /** Something is done in this turn of the loop; the first call is its beginning. */
  turnIsUnderWay(nowUs: number): void {
    if (this.turnStartUs !== 0) return;
    this.turnStartUs = nowUs;
    this.commandsBeforeTurn = this.commands;
  }

  /** How long the turn has been under way, microseconds. */
  turnUsSoFar(nowUs: number): number {
    return this.turnStartUs === 0 ? 0 : nowUs - this.turnStartUs;
  }

  /** The turn has ended; handing the log over took the last `logUs` of it. */
  turnEnded(nowUs: number, logUs: number): void {
    if (this.turnStartUs === 0) return;
    const length = nowUs - this.turnStartUs;
    this.turnStartUs = 0;
    this.turns++;
    this.turnUs += length;
    this.logUs += logUs;
    this.turnUsMax = Math.max(this.turnUsMax, length);
    this.commandsPerTurnMax = Math.max(this.commandsPerTurnMax, this.commands - this.commandsBeforeTurn);
  }

  /** Counts a cycle of active expiry. */
  expired(result: ExpiryCycleResult, ms: number): void {
    this.expireCycleMs += ms;
    if (result.timeLimitReached) this.expireTimeCapReached++;
    this.expiredStalePercent = result.stalePercent * 0.05 + this.expiredStalePercent * 0.95;
  }

  /** Counts an error reply, under its first word. */
  countError(text: string): void {
    this.errorReplies++;
    const space = text.indexOf(" ");
    const code = space === -1 ? text : text.slice(0, space);
    const known = this.errors.has(code) || this.errors.size < ERROR_CODES_MAX;
    const name = known ? code : "ERRORSTATS_OVERFLOW";
    this.errors.set(name, (this.errors.get(name) ?? 0) + 1);
  }

  /** CONFIG RESETSTAT. */
  reset(): void {
    Object.assign(this, new Counters());
    this.commandsBeforeTurn = 0;
    this.errors.clear();
    const rates = [
      this.commandRate,
      this.inputRate,
      this.outputRate,
      this.replicaOutputRate,
      this.turnRate,
      this.turnLength,
    ];
    for (const rate of rates) rate.reset();
  }
}
