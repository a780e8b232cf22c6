/**
 * Threads for work that would hold up the loop. A program is a module that exports a `Program` named `program`; a
 * thread runs it once for each input, one after the other, and speaks to whoever started it by messages.
 *
 * The tests have a twin that runs programs in the thread of the test, a step at a time by the simulated clock, on the
 * simulated disk.
 */

import { Worker } from "node:worker_threads";
import type { Disk } from "./disk.js";

/** What a program sees of the world. */
export interface ThreadSide {
  readonly disk: Disk;
  /** Sends a message; the buffers in `moved` are handed over and not copied. */
  post(message: unknown, moved?: readonly ArrayBuffer[]): void;
  /**
   * Waits while words[at] is `value`, until somebody notifies it. May come back early: the twin does so at once, and
   * the program has to go on all the same.
   */
  wait(words: Int32Array, at: number, value: number): void;
  /** Waits for so many microseconds. */
  sleepUs(us: number): void;
}

/** Work in steps: between any two of them the twin may do something else. What it throws ends the thread. */
export interface Program {
  /** The module that exports it. */
  readonly url: URL;
  run(input: unknown, side: ThreadSide): Iterator<void>;
}

/** A thread as the one that has started it sees it. */
export interface Thread {
  /** Gives it an input, which is copied, but for shared memory. */
  post(input: unknown): void;
  onMessage: (message: unknown) => void;
  /** It has ended, whatever the reason was; no message follows. */
  onEnd: (reason: string) => void;
  /** Ends it at once, whatever it does. */
  terminate(): void;
}

export interface Threads {
  start(program: Program): Thread;
}

class NodeThread implements Thread {
  onMessage: (message: unknown) => void = () => {};
  onEnd: (reason: string) => void = () => {};
  private readonly worker: Worker;
  private reason = "it was terminated";

  constructor(program: Program) {
    this.worker = new Worker(new URL("./thread-main.js", import.meta.url), { workerData: program.url.href });
    // A thread that waits for work is no reason for the process to stay.
    this.worker.unref();
    this.worker.on("message", (message) => this.onMessage(message));
    this.worker.on("error", (error) => {
      this.reason = error instanceof Error ? error.message : String(error);
    });
    this.worker.on("exit", () => this.onEnd(this.reason));
  }

  post(input: unknown): void {
    this.worker.postMessage(input);
  }

  terminate(): void {
    void this.worker.terminate();
  }
}

/** Worker threads of this process. */
export const nodeThreads: Threads = { start: (program) => new NodeThread(program) };
