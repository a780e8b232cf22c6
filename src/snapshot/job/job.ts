/**
 * Snapshot jobs: a capture is encoded by another thread, into a file or a stream, while this one serves.
 *
 * Everything that makes a snapshot in the background is one: BGSAVE, the base of a rewritten append-only file, the
 * first half of a full resync. Only what happens afterwards differs, and that is the caller's.
 *
 *     const job = jobs.start(Capture.take(keyspace), format, fileTarget);
 *     const result = await job.done;
 */

import type { Program, Thread, Threads } from "../../platform/thread.js";
import type { Capture } from "../capture.js";
import type { Format } from "./formats.js";
import { Control, type FileTarget, type JobInput, type JobMessage } from "./message.js";
import { program } from "./program.js";

/** The pieces of the snapshot in order. The next ones are made while it waits for what this gives back. */
export type TakePiece = (bytes: Uint8Array) => Promise<void> | void;

/** Where a snapshot goes. */
export type JobTarget = FileTarget | { readonly kind: "stream"; readonly take: TakePiece };

export type JobResult =
  /** The file is in its place and on the device, or the last piece has been taken. */
  | { readonly outcome: "done" }
  | { readonly outcome: "aborted" }
  /** Nothing is left of a file. `code` is the system's (ENOSPC, EIO, ...), or empty. */
  | { readonly outcome: "failed"; readonly reason: string; readonly code: string };

export interface JobOptions {
  /** `rdb-key-save-delay`. */
  readonly keyDelayUs?: number;
}

/** One snapshot that is being made. */
export class SnapshotJob {
  /** Settles when the job has ended, whichever way; never rejects. The capture has been released by then. */
  readonly done: Promise<JobResult>;
  readonly keysTotal: number;
  private readonly control = new Control();
  private settle!: (result: JobResult) => void;
  private ended = false;
  /** Pieces that the taker has not finished with, one after the other. */
  private taking: Promise<void> = Promise.resolve();
  private held = 0;
  /** What went wrong while the thread was still at it. */
  private failure: JobResult | null = null;

  constructor(
    private readonly capture: Capture,
    private readonly take: TakePiece | null,
  ) {
    this.keysTotal = capture.keys;
    this.done = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  get keysDone(): number {
    return this.control.keys;
  }

  /** Bytes of the snapshot so far. */
  get bytes(): number {
    return this.control.bytes;
  }

  /** Bytes of memory that the capture holds, or held when the job ended. */
  get heldBytes(): number {
    return this.ended ? this.held : this.capture.heldBytes;
  }

  /** Asks the thread to stop; `done` tells when it has. */
  abort(): void {
    this.control.abort();
  }

  /** For SnapshotJobs: what the thread gets. */
  input(format: Format, target: JobTarget, options: JobOptions): JobInput {
    return {
      image: this.capture.image,
      format,
      target: target.kind === "file" ? target : { kind: "stream" },
      keyDelayUs: options.keyDelayUs ?? 0,
      control: this.control.buffer,
    };
  }

  /** For SnapshotJobs: a message of the thread. Gives back whether the thread is done with the job. */
  receive(message: JobMessage): boolean {
    if (message.kind === "chunk") {
      this.takePiece(message.bytes);
      return false;
    }
    if (message.kind === "failed")
      this.end({ outcome: "failed", reason: message.message, code: message.code });
    else if (message.kind === "aborted") this.end({ outcome: "aborted" });
    // What has been sent is complete only when the taker says so, and it may still fail to.
    else
      void this.taking.then(() =>
        this.end({ outcome: this.take && this.control.aborted ? "aborted" : "done" }),
      );
    return true;
  }

  /** For SnapshotJobs: the thread is gone. */
  lost(reason: string): void {
    this.end({ outcome: "failed", reason: `the thread of the snapshot has ended: ${reason}`, code: "" });
  }

  private takePiece(bytes: Uint8Array): void {
    this.taking = this.taking
      .then(() => (this.control.aborted ? undefined : this.take?.(bytes)))
      .catch((error) => {
        this.end({ outcome: "failed", reason: (error as Error).message, code: "" }, false);
        this.abort();
      })
      .finally(() => this.control.taken());
  }

  /** With `stopped` false the thread goes on for a while: the capture must stay until it says something. */
  private end(result: JobResult, stopped = true): void {
    this.failure ??= result.outcome === "failed" ? result : null;
    if (!stopped || this.ended) return;
    this.held = this.capture.heldBytes;
    this.ended = true;
    this.capture.release();
    this.settle(this.failure ?? result);
  }
}

/** A thread that has had no job for so long ends, unless one shall be ready. */
const IDLE_MS = 60_000;

/** Starts jobs, each on a thread that has none; threads stay for the next one, for a while. */
export class SnapshotJobs {
  private readonly idle: Thread[] = [];
  private readonly running = new Map<Thread, SnapshotJob>();
  /** Whether a job has ended since the last `tend`. */
  private hasServed = false;
  private neededMs = 0;
  private closed = false;

  constructor(
    private readonly threads: Threads,
    private readonly programOfThreads: Program = program,
  ) {}

  /**
   * Called about once a second. With `ready` a thread waits for the next job, whose beginning then takes no time from
   * the loop; without, threads that nobody has needed for a while end: each has some 13 MB.
   */
  tend(nowMs: number, ready: boolean): void {
    if (this.closed) return;
    if (ready || this.hasServed || this.running.size > 0) this.neededMs = nowMs;
    this.hasServed = false;
    if (ready && this.idle.length + this.running.size === 0) this.idle.push(this.startThread());
    if (nowMs - this.neededMs > IDLE_MS) for (const thread of this.idle.splice(0)) thread.terminate();
  }

  /** Starts a job, which takes over the caller's hold on the capture. */
  start(capture: Capture, format: Format, target: JobTarget, options: JobOptions = {}): SnapshotJob {
    const job = new SnapshotJob(capture, target.kind === "stream" ? target.take : null);
    const thread = this.idle.pop() ?? this.startThread();
    this.running.set(thread, job);
    thread.post(job.input(format, target, options));
    return job;
  }

  /** Ends all threads, whatever they do; the jobs that run have failed. */
  close(): void {
    this.closed = true;
    for (const thread of this.idle.splice(0)) thread.terminate();
    for (const thread of this.running.keys()) thread.terminate();
  }

  private startThread(): Thread {
    const thread = this.threads.start(this.programOfThreads);
    thread.onMessage = (message) => {
      const job = this.running.get(thread);
      if (job?.receive(message as JobMessage) !== true) return;
      this.running.delete(thread);
      this.hasServed = true;
      if (this.closed) thread.terminate();
      else this.idle.push(thread);
    };
    thread.onEnd = (reason) => {
      this.running.get(thread)?.lost(reason);
      this.running.delete(thread);
      const at = this.idle.indexOf(thread);
      if (at !== -1) this.idle.splice(at, 1);
    };
    return thread;
  }
}
