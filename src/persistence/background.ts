/**
 * Which snapshot is being made: there is one at a time, since each costs a core and the memory that its capture holds.
 * Everything that makes one asks here first, and what has to wait is noted here.
 */

import type { SnapshotJob } from "../snapshot/job/job.js";

/** What a job is for: BGSAVE, the rewrite of the append-only file, or a replica that needs everything. */
export type BackgroundKind = "save" | "rewrite" | "transfer";

export interface BackgroundJob {
  readonly kind: BackgroundKind;
  readonly job: SnapshotJob;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
}

export class Background {
  /** The job that runs, or null. */
  current: BackgroundJob | null = null;
  /** A rewrite waits for the running file's sync before it takes its cut: nothing else may begin. */
  preparing = false;
  /** A BGSAVE waits until nothing else runs. */
  saveScheduled = false;
  /** A BGREWRITEAOF waits until nothing else runs. */
  rewriteScheduled = false;

  /** Whether something may begin. */
  get isFree(): boolean {
    return this.current === null && !this.preparing;
  }

  /** The job that runs if it is of that kind, else null. */
  running(kind: BackgroundKind): BackgroundJob | null {
    return this.current?.kind === kind ? this.current : null;
  }

  /** The job that runs if it writes RDB, for the disk or for replicas: what Redis calls a save. Else null. */
  get saving(): BackgroundJob | null {
    return this.running("save") ?? this.running("transfer");
  }

  /** Notes a job that has been started, until it ends. Nothing may be running. */
  begin(kind: BackgroundKind, job: SnapshotJob, nowMs: number): void {
    if (this.current !== null) throw new Error(`a ${this.current.kind} is running`);
    const current: BackgroundJob = { kind, job, startedMs: nowMs };
    this.current = current;
    void job.done.then(() => {
      if (this.current === current) this.current = null;
    });
  }

  /** Aborts what runs and gives back when it has ended. */
  async abort(): Promise<void> {
    this.saveScheduled = false;
    this.rewriteScheduled = false;
    this.current?.job.abort();
    await this.current?.job.done;
  }
}
