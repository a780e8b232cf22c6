/**
 * The twin of threads: programs run in the thread of the test, one after the other on the simulated disk, a few steps
 * at each tick of the simulated clock. A test can kill one.
 */

import type { Disk } from "#tidemark/platform/disk.js";
import type { Program, Thread, Threads } from "#tidemark/platform/thread.js";

export class SimulatedThread implements Thread {
  onMessage: (message: unknown) => void = () => {};
  onEnd: (reason: string) => void = () => {};
  private readonly inputs: unknown[] = [];
  private steps: Iterator<void> | null = null;
  private running = false;
  private ended = false;

  constructor(
    private readonly program: Program,
    private readonly owner: SimulatedThreads,
  ) {}

  post(input: unknown): void {
    this.inputs.push(input);
    this.go();
  }

  terminate(): void {
    this.kill("it was terminated");
  }

  /** Ends it where it stands. */
  kill(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.owner.after(() => this.onEnd(reason));
  }

  private go(): void {
    if (this.running || this.ended) return;
    this.running = true;
    this.owner.after(() => this.step());
  }

  private step(): void {
    this.running = false;
    if (this.ended) return;
    this.steps ??= this.begin();
    for (let left = this.owner.stepsAtOnce; this.steps !== null && left > 0; left--) {
      if (this.steps.next().done === true) this.steps = null;
    }
    if (this.steps !== null || this.inputs.length > 0) this.go();
  }

  private begin(): Iterator<void> | null {
    if (this.inputs.length === 0) return null;
    return this.program.run(this.inputs.shift(), {
      disk: this.owner.disk,
      post: (message) =>
        this.owner.after(() => {
          if (!this.ended) this.onMessage(message);
        }),
      wait: () => {},
      sleepUs: () => {},
    });
  }
}

export class SimulatedThreads implements Threads {
  readonly started: SimulatedThread[] = [];
  /** Steps of a program that run at one tick. */
  stepsAtOnce = 1;

  /** `after` decides when the next step runs and when a message arrives. */
  constructor(
    readonly disk: Disk,
    readonly after: (action: () => void) => void,
  ) {}

  start(program: Program): SimulatedThread {
    const thread = new SimulatedThread(program, this);
    this.started.push(thread);
    return thread;
  }
}
