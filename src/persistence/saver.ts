/**
 * Snapshots on the disk: SAVE, BGSAVE, save points, and what INFO tells of them.
 *
 * A snapshot is written beside the one that is there and takes its place when it is on the device: a save that fails
 * or is killed changes nothing. BGSAVE does it in a thread from a capture, SAVE does the same work here and now.
 */

import { join } from "node:path";
import type { Values } from "../config/table.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { Platform } from "../platform/platform.js";
import type { ThreadSide } from "../platform/thread.js";
import { Capture } from "../snapshot/capture.js";
import type { Format } from "../snapshot/job/formats.js";
import type { JobResult, SnapshotJobs } from "../snapshot/job/job.js";
import { Control, type FileTarget, type JobMessage } from "../snapshot/job/message.js";
import { program } from "../snapshot/job/program.js";
import { type RdbFacts, rdbFormat } from "../snapshot/job/rdb-format.js";
import type { LogLine } from "../util/log-line.js";
import type { Background } from "./background.js";
import { removeQuietly, temporaryName } from "./durable-file.js";

/** After a save that failed, save points wait so long before they try again. */
const RETRY_MS = 5000;
const MEGABYTE = 1024 * 1024;

export interface SaverParts {
  readonly platform: Platform;
  readonly keyspace: Keyspace;
  /** Read at each use. */
  readonly values: Readonly<Values>;
  readonly jobs: SnapshotJobs;
  readonly background: Background;
  /** What a snapshot of this moment says about itself. */
  readonly facts: () => Omit<RdbFacts, "aofBase">;
  readonly log: LogLine;
}

/** Of a save that has begun and not ended. */
interface Begun {
  readonly ms: number;
  /** `keyspace.dirty` at the cut. */
  readonly dirty: number;
}

export class Saver {
  /** Seconds since 1970. */
  lastSave: number;
  /** Whether the last save in the background ended well. */
  lastStatus: "ok" | "err" = "ok";
  /** Seconds that the last save in the background took, -1 before the first. */
  lastSeconds = -1;
  /** Saves that have begun since the server started, of any kind. */
  saves = 0;
  /** Bytes of memory that the last save in the background cost. */
  lastHeldBytes = 0;
  /** Microseconds of the last cut. */
  lastCutUs = 0;
  cuts = 0;
  onCut: (ms: number) => void = () => {};
  /** What `keyspace.dirty` was when the last good snapshot was taken. */
  private savedDirty = 0;
  private lastTryMs = Number.NEGATIVE_INFINITY;
  private serial = 0;
  /** A snapshot that was there at the start and has not been read: it is not replaced. */
  private unread: string | null = null;
  /** Whether the cron begins saves. */
  enabled = true;

  constructor(private readonly parts: SaverParts) {
    this.lastSave = this.seconds();
  }

  /** Changes since the last good snapshot. */
  get changes(): number {
    return this.parts.keyspace.dirty - this.savedDirty;
  }

  /** Why writes are refused at the moment (`stop-writes-on-bgsave-error`), as an error reply, else null. */
  writeRefusal(): string | null {
    const { values } = this.parts;
    if (this.lastStatus === "ok" || !values["stop-writes-on-bgsave-error"] || values.save.length === 0)
      return null;
    return (
      "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that " +
      "may modify the data set are disabled, because this instance is configured to report errors during writes if " +
      "RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about " +
      "the RDB error."
    );
  }

  /** Nothing has been read yet: a file that is there may hold data that the keyspace does not, and must stay. */
  guard(): void {
    const path = this.path;
    if (this.parts.platform.disk.stat(path) !== null) this.unread = path;
  }

  /** The dataset is what the file holds: it has just been loaded. */
  loaded(): void {
    this.unread = null;
    this.savedDirty = this.parts.keyspace.dirty;
    this.lastSave = this.seconds();
  }

  /** Removes what saves of dead runs have left. */
  removeLeftovers(): void {
    const { platform, values } = this.parts;
    const prefix = temporaryName(`${values.dbfilename}.`);
    for (const name of platform.disk.list(values.dir) ?? []) {
      if (name.startsWith(prefix)) removeQuietly(platform.disk, join(values.dir, name));
    }
  }

  /** Writes a snapshot while everything waits; false, with the reason in the log, when that fails. */
  save(): boolean {
    if (this.isGuarded()) return false;
    const { platform, keyspace, values, log } = this.parts;
    const begun = this.begin();
    const capture = Capture.take(keyspace);
    const target = this.target();
    let result: JobMessage | null = null;
    const side: ThreadSide = {
      disk: platform.disk,
      post: (message) => {
        result = message as JobMessage;
      },
      wait: () => {},
      sleepUs: (us) => platform.clock.stall(us / 1000),
    };
    const control = new Control().buffer;
    const keyDelayUs = values["rdb-key-save-delay"];
    const steps = program.run(
      { image: capture.image, format: this.format(), target, keyDelayUs, control },
      side,
    );
    while (steps.next().done !== true) {}
    capture.release();
    const ended = result as JobMessage | null;
    if (ended?.kind !== "done") {
      this.failed(ended?.kind === "failed" ? ended.message : "it was interrupted");
      return false;
    }
    log("notice", "DB saved on disk");
    this.succeeded(begun);
    return true;
  }

  /** Begins to write a snapshot in the background. Nothing else may be running there. */
  saveInBackground(): void {
    if (this.isGuarded()) {
      this.lastStatus = "err";
      return;
    }
    const { platform, keyspace, values, jobs, background, log } = this.parts;
    const begun = this.begin();
    background.saveScheduled = false;
    this.lastTryMs = begun.ms;
    const startUs = platform.clock.monotonicUs();
    const capture = Capture.take(keyspace);
    const target = this.target();
    const job = jobs.start(capture, this.format(), target, { keyDelayUs: values["rdb-key-save-delay"] });
    this.tookCut(platform.clock.monotonicUs() - startUs);
    background.begin("save", job, begun.ms);
    log("notice", `Background saving started by pid ${platform.host.pid}`);
    void job.done.then((result) => this.ended(begun, result, job.heldBytes, target));
  }

  /** A cut has been taken, for whatever purpose, in so many microseconds. */
  tookCut(us: number): void {
    this.lastCutUs = Math.round(us);
    this.cuts++;
    this.onCut(us / 1000);
  }

  /** Ten times a second: begins what save points and BGSAVE SCHEDULE ask for. */
  cron(): void {
    const { background, platform, values, log } = this.parts;
    if (!background.isFree || !this.enabled) return;
    const now = platform.clock.now();
    const mayTry = this.lastStatus === "ok" || now - this.lastTryMs > RETRY_MS;
    const point = values.save.find(
      ({ seconds, changes }) => this.changes >= changes && this.seconds() - this.lastSave > seconds,
    );
    if (point !== undefined && mayTry) {
      log("notice", `${point.changes} changes in ${point.seconds} seconds. Saving...`);
      this.saveInBackground();
    } else if (background.saveScheduled && mayTry) this.saveInBackground();
  }

  /** How a snapshot of this moment is written. */
  format(aofBase = false): Format {
    return rdbFormat(this.parts.values, { ...this.parts.facts(), aofBase });
  }

  private get path(): string {
    return join(this.parts.values.dir, this.parts.values.dbfilename);
  }

  private isGuarded(): boolean {
    if (this.unread !== this.path) return false;
    this.failed(`${this.unread} was there at the start and has not been read. Move it away first`);
    return true;
  }

  private begin(): Begun {
    this.saves++;
    return { ms: this.parts.platform.clock.now(), dirty: this.parts.keyspace.dirty };
  }

  private target(): FileTarget {
    const { dir, dbfilename } = this.parts.values;
    return {
      kind: "file",
      path: this.path,
      temporary: join(dir, temporaryName(`${dbfilename}.${this.parts.platform.host.pid}-${++this.serial}`)),
      incrementalSync: this.parts.values["rdb-save-incremental-fsync"],
    };
  }

  private ended(begun: Begun, result: JobResult, heldBytes: number, target: FileTarget): void {
    const { log, platform } = this.parts;
    this.lastSeconds = Math.round((platform.clock.now() - begun.ms) / 1000);
    this.lastHeldBytes = heldBytes;
    if (result.outcome === "done") {
      log("notice", "DB saved on disk");
      log(
        "notice",
        `Snapshot memory for RDB: ${Math.round(heldBytes / MEGABYTE)} MB were kept beside the dataset`,
      );
      log("notice", "Background saving terminated with success");
      this.succeeded(begun);
    } else if (result.outcome === "aborted") {
      // Whoever stopped it did so on purpose: nothing has failed.
      log("warning", "Background saving stopped");
    } else {
      removeQuietly(platform.disk, target.temporary);
      this.failed(result.reason);
      log("warning", "Background saving error");
      this.lastStatus = "err";
    }
  }

  private succeeded(begun: Begun): void {
    this.savedDirty = begun.dirty;
    this.lastSave = this.seconds();
    this.lastStatus = "ok";
  }

  private failed(reason: string): void {
    this.parts.log("warning", `Error saving DB on disk: ${reason}`);
  }

  private seconds(): number {
    return Math.floor(this.parts.platform.clock.now() / 1000);
  }
}
