/**
 * What commands ask of the server around the engine. The composition root fills it in; commands see no socket and no
 * file.
 */

import type { AppendOnlyFile } from "../persistence/append-only-file.js";
import type { Background } from "../persistence/background.js";
import type { Rewriter } from "../persistence/rewriter.js";
import type { Saver } from "../persistence/saver.js";
import type { Failover } from "../replication/failover.js";
import type { Primary } from "../replication/primary/primary.js";
import type { Follower } from "../replication/replica/follower.js";
import type { LogLine } from "../util/log-line.js";

/** Progress of loading the dataset at start, for INFO and -LOADING. */
export interface LoadingProgress {
  readonly startedMs: number;
  readonly totalBytes: number;
  readonly loadedBytes: number;
  /** Bytes of memory that the snapshot's writer used, if the snapshot says so. */
  readonly usedMemory?: number;
}

/** How SHUTDOWN ends the server. */
export interface ShutdownOptions {
  readonly save: "default" | "save" | "nosave";
  /** Do not wait for replicas. */
  readonly now: boolean;
  /** Exit even if saving fails. */
  readonly force: boolean;
}

export interface ServerFacts {
  readonly runId: string;
  readonly startedMs: number;
  readonly port: number;
  readonly executable: string;
  readonly configFile: string;
  readonly listeners: readonly string[];
}

export interface Services {
  readonly facts: ServerFacts;
  /** While the dataset is loaded, else null. */
  readonly loading: LoadingProgress | null;
  /** The append-only file, null while it is off. */
  readonly aof: AppendOnlyFile | null;
  /** Snapshots on the disk. */
  readonly saver: Saver;
  /** Rewrites of the append-only file. */
  readonly rewriter: Rewriter;
  /** What makes a snapshot in the background at present, for whatever purpose, and what waits for its turn. */
  readonly background: Background;
  /** Who follows this server. */
  readonly primary: Primary;
  /** Whom this server follows. */
  readonly follower: Follower;
  readonly failover: Failover;
  /** Set while the server moves to other addresses or another port; rejects when it cannot listen there. */
  readonly moving: Promise<void> | null;
  /** Why writes are refused at the moment, as an error reply, else null. */
  writeRefusal(): string | null;
  /**
   * Ends the server. Throws a CommandError when it cannot do what is asked; rejects when the disk does not take
   * everything, and the server goes on unless `force` is set.
   */
  shutdown(options: ShutdownOptions): Promise<void>;
  /** Calls off a shutdown that waits for replicas; false when there is none. */
  abortShutdown(): boolean;
  /** How long a shutdown that waits for replicas still will, milliseconds; null when there is none. */
  readonly shutdownInMs: number | null;
  /** FLUSHALL has emptied the dataset: a snapshot of what was is not wanted any more, one of what is may be. */
  flushed(): void;
  /** Rewrites the configuration file; throws a CommandError. */
  rewriteConfig(defaults: boolean): void;
  /** Completes the append-only file, forgets the dataset and loads it again (DEBUG LOADAOF). */
  reload(): Promise<void>;
  /** Loads the snapshot file, with `flush` in the place of the dataset; null when there is no file (DEBUG RELOAD). */
  reloadSnapshot(options: { readonly flush: boolean; readonly merge: boolean }): Promise<void> | null;
  /** How often a second the background work is done at present. */
  readonly hz: number;
  /** Stops and resumes the background work (DEBUG PAUSE-CRON). */
  pauseCron(paused: boolean): void;
  /** Holds the loop for so many microseconds before each write to the append-only file (DEBUG AOF-FLUSH-SLEEP). */
  sleepBeforeFlush(microseconds: number): void;
  readonly log: LogLine;
}
