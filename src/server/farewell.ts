/** The wait of a shutdown for replicas that lag behind. */

import type { Clock, Timer } from "../platform/clock.js";

const LOOK_MS = 20;

export class Farewell {
  /** Settles when everybody is there or the time is over; rejects when it is called off. */
  readonly done: Promise<void>;
  private settle!: () => void;
  private reject!: (error: Error) => void;
  private readonly timer: Timer;
  private readonly deadlineUs: number;

  constructor(
    private readonly clock: Clock,
    private readonly isThere: () => boolean,
    timeoutMs: number,
  ) {
    this.deadlineUs = clock.monotonicUs() + timeoutMs * 1000;
    this.done = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.reject = reject;
    });
    this.timer = clock.every(LOOK_MS, () => this.look());
  }

  /** How long it still waits at most. */
  get remainingMs(): number {
    return Math.max(0, Math.ceil((this.deadlineUs - this.clock.monotonicUs()) / 1000));
  }

  /** Waits no longer. */
  hurry(): void {
    this.timer.stop();
    this.settle();
  }

  /** The shutdown is called off. */
  abort(): void {
    this.timer.stop();
    this.reject(new Error("the shutdown was called off"));
  }

  private look(): void {
    if (this.isThere() || this.clock.monotonicUs() >= this.deadlineUs) this.hurry();
  }
}
