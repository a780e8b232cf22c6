/** LATENCY: spikes of the events that the server times, when `latency-monitor-threshold` asks for it. */

import type { Config } from "../config/config.js";
import type { Clock } from "../platform/clock.js";
import { type Command, FAST } from "./command.js";

/** How many spikes of each event are remembered. */
const HISTORY = 160;

/** The worst of an event's spikes within one second. */
export interface Spike {
  /** Seconds since 1970. */
  readonly time: number;
  ms: number;
}

export interface LatencyEvent {
  readonly name: string;
  /** Oldest first. */
  readonly spikes: Spike[];
  /** The worst one ever, also when it is no longer among the spikes. */
  maxMs: number;
}

export class LatencyMonitor {
  private readonly events = new Map<string, LatencyEvent>();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** The events that have had a spike. */
  get all(): readonly LatencyEvent[] {
    return [...this.events.values()];
  }

  event(name: string): LatencyEvent | undefined {
    return this.events.get(name);
  }

  /** A command that took so long is the event `command` or `fast-command`. */
  command(command: Command, microseconds: number): void {
    if (this.config.values["latency-monitor-threshold"] === 0) return;
    this.record(command.is(FAST) ? "fast-command" : "command", microseconds / 1000);
  }

  /** Remembers the event if it reached the threshold. */
  record(name: string, ms: number): void {
    const threshold = this.config.values["latency-monitor-threshold"];
    if (threshold === 0 || ms < threshold) return;
    let event = this.events.get(name);
    if (event === undefined) {
      event = { name, spikes: [], maxMs: 0 };
      this.events.set(name, event);
    }
    const whole = Math.floor(ms);
    event.maxMs = Math.max(event.maxMs, whole);
    const time = Math.floor(this.clock.now() / 1000);
    const last = event.spikes[event.spikes.length - 1];
    if (last?.time === time) last.ms = Math.max(last.ms, whole);
    else event.spikes.push({ time, ms: whole });
    if (event.spikes.length > HISTORY) event.spikes.shift();
  }

  /** Forgets the named events, or without names all of them; returns how many. */
  reset(names: readonly string[]): number {
    const forgotten = names.length === 0 ? [...this.events.keys()] : names;
    return forgotten.filter((name) => this.events.delete(name)).length;
  }
}
