/**
 * The clock's twin. Time stands still until a test moves it, and the turns of the event loop happen when a test asks:
 * first the network delivers, then the actions of `endOfTurn` run, then the promises that became ready.
 */

import type { Clock, Timer } from "#tidemark/platform/clock.js";

interface Appointment extends Timer {
  due: number;
  /** Milliseconds between two calls, or null for a timer that fires once. */
  readonly period: number | null;
  /** Timers due at the same moment fire in the order in which they were set. */
  readonly order: number;
  readonly action: () => void;
}

/** 26 August 2019, 11:54:48.918 UTC. */
const EPOCH = 1_566_820_488_918;

export class SimulatedClock implements Clock {
  private elapsedMs = 0;
  private orders = 0;
  private turnActions: (() => void)[] = [];
  private readonly appointments = new Set<Appointment>();
  private readonly polls: (() => void)[] = [];

  constructor(private startedAt = EPOCH) {}

  now(): number {
    return Math.floor(this.startedAt + this.elapsedMs);
  }

  nowUs(): number {
    return this.now() * 1000;
  }

  monotonicUs(): number {
    return this.elapsedMs * 1000;
  }

  after(ms: number, action: () => void): Timer {
    return this.appoint(ms, null, action);
  }

  every(ms: number, action: () => void): Timer {
    return this.appoint(ms, Math.max(ms, 1), action);
  }

  endOfTurn(action: () => void): void {
    this.turnActions.push(action);
  }

  stall(ms: number): void {
    this.elapsedMs += ms;
  }

  /** Moves the wall clock alone, as an administrator or NTP does. */
  setWallClock(ms: number): void {
    this.startedAt = ms - this.elapsedMs;
  }

  /** Adds something that is called at the beginning of each turn (the network delivers there). */
  onPoll(action: () => void): void {
    this.polls.push(action);
  }

  /** Forgets every timer, action and poll: the program that set them is gone. Time stays where it is. */
  powerOff(): void {
    this.appointments.clear();
    this.turnActions = [];
    this.polls.length = 0;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.appointments.size;
  }

  /** One turn of the event loop, with all that promises do after it. */
  async turn(): Promise<void> {
    for (const poll of this.polls) poll();
    await settled();
    const actions = this.turnActions;
    this.turnActions = [];
    for (const action of actions) action();
    await settled();
  }

  /**
   * Lets `ms` pass: every timer that falls due fires at its own moment, with a turn after each, and
   * there is one turn at the beginning and one at the end.
   */
  async advance(ms: number): Promise<void> {
    const end = this.elapsedMs + ms;
    await this.turn();
    for (let next = this.nextBefore(end); next !== null; next = this.nextBefore(end)) {
      this.elapsedMs = Math.max(this.elapsedMs, next.due);
      if (next.period === null) this.appointments.delete(next);
      else next.due += next.period;
      next.action();
      await this.turn();
    }
    this.elapsedMs = end;
    await this.turn();
  }

  /** Turns until the promise settles, a millisecond each; throws when it has not after `limitMs` of simulated time. */
  async run<T>(promise: Promise<T>, limitMs = 60_000): Promise<T> {
    let open = true;
    const done = (): void => {
      open = false;
    };
    promise.then(done, done);
    await settled();
    for (let passed = 0; open; passed++) {
      if (passed > limitMs) throw new Error(`Not settled after ${limitMs} ms of simulated time`);
      await this.advance(1);
    }
    return promise;
  }

  /** Turns until the condition holds, as `run` does. */
  async until(what: string, condition: () => boolean, limitMs = 60_000): Promise<void> {
    for (let passed = 0; !condition(); passed++) {
      if (passed > limitMs) throw new Error(`Not within ${limitMs} ms of simulated time: ${what}`);
      await this.advance(1);
    }
  }

  private appoint(ms: number, period: number | null, action: () => void): Timer {
    const appointment: Appointment = {
      due: this.elapsedMs + Math.max(ms, 0),
      period,
      order: this.orders++,
      action,
      stop: () => void this.appointments.delete(appointment),
    };
    this.appointments.add(appointment);
    return appointment;
  }

  private nextBefore(end: number): Appointment | null {
    let next: Appointment | null = null;
    for (const candidate of this.appointments) {
      if (candidate.due > end) continue;
      if (
        next === null ||
        candidate.due < next.due ||
        (candidate.due === next.due && candidate.order < next.order)
      )
        next = candidate;
    }
    return next;
  }
}

/** Settles when every promise that was ready, and every one that became ready of it, has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
