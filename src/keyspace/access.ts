/**
 * The access clock of an entry: 24 bits that eviction, OBJECT IDLETIME and OBJECT FREQ read.
 *
 * Under an LRU policy they are the time of the last access in seconds, modulo 2^24. Under an LFU policy the upper 16
 * are the minute of the last decay and the lower 8 a logarithmic counter: it grows with a probability that falls as it
 * grows (`lfu-log-factor`) and loses one for every `lfu-decay-time` minutes without an access.
 */

import type { Chance } from "../platform/chance.js";

const CLOCK_MASK = 0xffffff;
const MINUTE_MASK = 0xffff;
/** The counter of a new entry, so that it is not evicted at once. */
const LFU_START = 5;

/** Seconds since the last access, under an LRU policy, when the clock is at `seconds`. */
export function idleSecondsAt(access: number, seconds: number): number {
  return (seconds - access) & CLOCK_MASK;
}

/** The decayed counter, under an LFU policy, when the clock is at `minutes`. */
export function frequencyAt(access: number, minutes: number, decayMinutes: number): number {
  const counter = access & 255;
  if (decayMinutes === 0) return counter;
  const idle = (minutes - (access >>> 8)) & MINUTE_MASK;
  return Math.max(0, counter - Math.floor(idle / decayMinutes));
}

export interface AccessSettings {
  lfu: boolean;
  /** `lfu-log-factor`. */
  logFactor: number;
  /** `lfu-decay-time`, minutes. */
  decayMinutes: number;
}

export class AccessClock {
  readonly settings: AccessSettings = { lfu: false, logFactor: 10, decayMinutes: 1 };
  /** Seconds, 24 bits. */
  private seconds = 0;
  private minutes = 0;

  constructor(private readonly chance: Chance) {}

  /** `nowMs` is the wall clock. */
  tick(nowMs: number): void {
    this.seconds = Math.floor(nowMs / 1000) & CLOCK_MASK;
    this.minutes = Math.floor(nowMs / 60000) & MINUTE_MASK;
  }

  /** INFO's lru_clock. */
  get lruClock(): number {
    return this.seconds;
  }

  /** What a new entry gets. */
  initial(): number {
    return this.settings.lfu ? (this.minutes << 8) | LFU_START : this.seconds;
  }

  /** What an entry gets when it is used. */
  touched(access: number): number {
    if (!this.settings.lfu) return this.seconds;
    return (this.minutes << 8) | this.increment(this.frequency(access));
  }

  /** What a value gets that takes the place of another: the time is new, but a counter is the key's own. */
  replaced(access: number): number {
    return this.settings.lfu ? access : this.seconds;
  }

  /** Seconds since the last access, under an LRU policy. */
  idleSeconds(access: number): number {
    return idleSecondsAt(access, this.seconds);
  }

  /** The decayed counter, under an LFU policy. */
  frequency(access: number): number {
    return frequencyAt(access, this.minutes, this.settings.decayMinutes);
  }

  /** The clock as it stands, for a reader of entries that has no keyspace. */
  image(): { lfu: boolean; seconds: number; minutes: number; decayMinutes: number } {
    const { lfu, decayMinutes } = this.settings;
    return { lfu, seconds: this.seconds, minutes: this.minutes, decayMinutes };
  }

  /** The access bits for a given idle time or frequency, for RESTORE. */
  fromIdle(seconds: number): number {
    return (this.seconds - seconds) & CLOCK_MASK;
  }

  fromFrequency(frequency: number): number {
    return (this.minutes << 8) | frequency;
  }

  private increment(counter: number): number {
    if (counter === 255) return counter;
    const base = Math.max(0, counter - LFU_START);
    return this.chance.real() < 1 / (base * this.settings.logFactor + 1) ? counter + 1 : counter;
  }
}
