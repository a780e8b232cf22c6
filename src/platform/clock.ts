/** Time and the turns of the event loop. The tests have a twin whose time is set by hand. */

import { performance } from "node:perf_hooks";
import { hrtime } from "node:process";

/** A timer that can be stopped; stopping twice is harmless. */
export interface Timer {
  stop(): void;
}

export interface Clock {
  /** Wall clock, whole milliseconds since 1970. */
  now(): number;
  /** Wall clock, whole microseconds since 1970, for what is only shown; as exact as the machine can tell. */
  nowUs(): number;
  /** Microseconds from an arbitrary start, never going back; fractions allowed. */
  monotonicUs(): number;
  /** Calls `action` once after `ms`. */
  after(ms: number, action: () => void): Timer;
  /** Calls `action` every `ms`, until stopped. */
  every(ms: number, action: () => void): Timer;
  /** Calls `action` in the check phase of this turn, after all sockets that were ready have been read. */
  endOfTurn(action: () => void): void;
  /** Stops everything in this thread for so long (DEBUG SLEEP). */
  stall(ms: number): void;
}

/** The machine's clock. */
export const nodeClock: Clock = {
  now: () => Date.now(),
  nowUs() {
    const ms = Date.now();
    // The finer clock does not follow when the wall clock is set; then the milliseconds have to do.
    const fine = Math.floor((performance.timeOrigin + performance.now()) * 1000);
    return Math.abs(fine - ms * 1000) < 2000 ? fine : ms * 1000;
  },
  monotonicUs() {
    // A fifth less than performance.now() takes, which looks at its receiver each time; every command reads the clock.
    const time = hrtime();
    return time[0] * 1e6 + time[1] / 1000;
  },
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return { stop: () => clearTimeout(timer) };
  },
  every(ms, action) {
    const timer = setInterval(action, ms);
    return { stop: () => clearInterval(timer) };
  },
  endOfTurn: (action) => void setImmediate(action),
  stall: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
};
