/**
 * The rewrite of the append-only file: the dataset as it is, in as few bytes as it takes, instead of its history.
 *
 * **Where do writes go that arrive during the rewrite?** Into the next incr file, from the cut on, and nowhere else.
 * The cut is one moment between two turns of the loop, and in it, without a gap, three things happen:
 *
 *  1. everything that the log holds is written to the running file, and that file is synced and closed: it ends here;
 *  2. the manifest names the next incr file, behind the running one, and the log goes on in it;
 *  3. the capture is taken (snapshot/capture.ts).
 *
 * So each write is before the cut, and then in the old files and in the capture, or behind it, and then in the new
 * incr file alone. Nothing is written twice, nothing is buffered, and no file is ever written from two sides: the base
 * is a file of its own that a thread writes from the capture. The order of writes is the order of the files in the
 * manifest, at every moment:
 *
 *     before the cut       base 1, incr 1                      incr 1 grows
 *     from the cut on      base 1, incr 1, incr 2              incr 2 grows; base 2 is written under a temporary name
 *     base 2 is complete   base 1, incr 1, incr 2              base 2 is synced and has its name; nobody counts it yet
 *     the manifest changes base 2, incr 2; base 1, incr 1 (h)  one rename: this is the moment of the rewrite
 *     afterwards           base 2, incr 2                      the history is removed, then forgotten
 *
 * Each row is a complete log, and each is on the device (the file, its name, the manifest, its name) before the next
 * one begins; a crash between any two leaves one of them, and besides a file that does not count. A rewrite that fails
 * leaves the second row, which is a complete log as well. What the manifest names is never removed, and when a change
 * of the manifest fails so badly that nobody knows which one the disk has, the files of both stay.
 *
 * Before the cut the next incr file is made and the running one synced on the thread pool, so that the cut itself finds
 * little to sync. **An incr file that has a successor is therefore complete and on the device**; only the last one can
 * end in the middle of a command.
 *
 * **When it is switched on while the server runs**, what is on the disk (if anything) is the log of another time. The
 * new incr file then is provisional: it has a temporary name, and together with the first base it takes the place of
 * everything, in the same way. Until then the old files stay what they are. If the rewrite fails, both are begun anew.
 *
 * **In the single-file layout** there is no next file; where writes go then, single-rewrite.ts says.
 */

import { basename } from "node:path";
import type { Values } from "../config/table.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { Platform } from "../platform/platform.js";
import { Capture } from "../snapshot/capture.js";
import { DiffChannel } from "../snapshot/job/diff-channel.js";
import type { Format } from "../snapshot/job/formats.js";
import type { JobResult, SnapshotJob, SnapshotJobs } from "../snapshot/job/job.js";
import type { AofLatencyEvent } from "./aof-parts.js";
import type { AppendOnlyFile } from "./append-only-file.js";
import type { Background } from "./background.js";
import type { AofDirectory, LogLine } from "./directory.js";
import { removeQuietly, temporaryName } from "./durable-file.js";
import { isAnnotated } from "./layout.js";
import type { ManifestFile } from "./manifest.js";
import { NextIncr } from "./next-incr.js";
import { RewriteBuffer } from "./rewrite-buffer.js";
import { RewriteLimit } from "./rewrite-limit.js";
import { SingleDirectory } from "./single-directory.js";
import { changeSingleFile, type SingleChange, type Timed } from "./single-rewrite.js";

export interface RewriterParts {
  readonly platform: Platform;
  readonly keyspace: Keyspace;
  /** Read at each use. */
  readonly values: Readonly<Values>;
  readonly jobs: SnapshotJobs;
  readonly background: Background;
  /** The directory with its manifest, made if need be. Throws what the disk throws. */
  readonly directory: () => AofDirectory;
  /** The running file, null while there is none. */
  readonly aof: () => AppendOnlyFile | null;
  /** Gives the log's bytes to the running file: ends the turn. */
  readonly drain: () => void;
  /** Makes the provisional file the running one. */
  readonly begin: (incr: NextIncr) => void;
  /** The format of a base in RDB. */
  readonly rdb: () => Format;
  /** The capture has been taken, in so many microseconds. */
  readonly onCut: (us: number) => void;
  readonly onLatency: (event: AofLatencyEvent, milliseconds: number) => void;
  readonly log: LogLine;
}

/** The running log must not lose its last space to a rewrite. */
const RESERVED_BYTES = 32 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/** A rewrite from its cut on. */
interface Cut {
  readonly directory: AofDirectory;
  readonly job: SnapshotJob;
  readonly base: ManifestFile;
  readonly temporary: string;
  /** The incr file that begins at the cut; null when the append-only file is off, and in the single-file layout. */
  readonly incr: ManifestFile | null;
  /** In the single-file layout: where the thread leaves the new file, and what goes behind it. */
  readonly single: Pick<SingleChange, "directory" | "running" | "path"> | null;
  readonly isProvisional: boolean;
  readonly startedMs: number;
}

export class Rewriter {
  /** Whether the last rewrite ended well. */
  lastStatus: "ok" | "err" = "ok";
  /** Seconds that the last rewrite took, -1 before the first. */
  lastSeconds = -1;
  /** Rewrites that have begun since the server started. */
  rewrites = 0;
  /** Bytes of memory that the last rewrite cost. */
  lastHeldBytes = 0;
  readonly limit: RewriteLimit;
  /** Whether the running file is provisional. */
  isProvisional = false;
  /** Whether the cron begins rewrites. */
  enabled = true;
  private preparing: Promise<void> | null = null;
  private startedMs = 0;
  private serial = 0;

  constructor(private readonly parts: RewriterParts) {
    this.limit = new RewriteLimit(parts.log);
  }

  /** Whether a rewrite is under way. */
  get isRunning(): boolean {
    return this.parts.background.preparing || this.parts.background.running("rewrite") !== null;
  }

  /** Seconds since the rewrite that is under way has begun, -1 when none is. */
  get currentSeconds(): number {
    return this.isRunning ? Math.floor((this.parts.platform.clock.now() - this.startedMs) / 1000) : -1;
  }

  /** Begins a rewrite. Nothing else may be running in the background. `provisional`: the file is being switched on. */
  start(provisional = this.isProvisional): void {
    const { background, platform } = this.parts;
    background.rewriteScheduled = false;
    background.preparing = true;
    this.isProvisional = provisional;
    this.startedMs = platform.clock.now();
    this.rewrites++;
    this.preparing = this.prepare(provisional).then(
      () => {
        background.preparing = false;
      },
      (error: unknown) => {
        background.preparing = false;
        this.parts.log(
          "warning",
          `Can't rewrite append only file in background: ${(error as Error).message}`,
        );
        this.failed();
      },
    );
  }

  /** Ten times a second: begins what is scheduled and what growth asks for, and guards the last space. */
  cron(): void {
    const { background, values, aof, log, platform } = this.parts;
    this.guardSpace();
    if (this.isProvisional && aof()?.isBroken === true && this.isRunning && !background.rewriteScheduled) {
      log("warning", "The new append-only file could not be synced: the rewrite begins anew");
      background.running("rewrite")?.job.abort();
      background.rewriteScheduled = true;
    }
    if (!background.isFree || !this.enabled) return;
    const now = platform.clock.now();
    if (background.rewriteScheduled) {
      if (!this.limit.holds(now)) this.start();
      return;
    }
    const running = aof();
    const percentage = values["auto-aof-rewrite-percentage"];
    if (running === null || percentage === 0 || !running.canWrite) return;
    if (running.currentBytes <= values["auto-aof-rewrite-min-size"]) return;
    const growth = Math.floor((running.currentBytes * 100) / Math.max(running.baseBytes, 1)) - 100;
    if (growth < percentage || this.limit.holds(now)) return;
    log("notice", `Starting automatic rewriting of AOF on ${growth}% growth`);
    this.start();
  }

  /** Stops a rewrite and gives back when nothing of it runs any more. */
  async abort(): Promise<void> {
    this.parts.background.rewriteScheduled = false;
    await this.preparing;
    const running = this.parts.background.running("rewrite");
    running?.job.abort();
    await running?.job.done;
  }

  // ---- Up to the cut ----

  private async prepare(provisional: boolean): Promise<void> {
    const { aof, log } = this.parts;
    const directory = this.parts.directory();
    this.checkSpace(directory);
    if (directory instanceof SingleDirectory) return this.prepareSingle(directory, provisional);
    const running = provisional ? null : aof();
    if (running === null && !provisional) return this.begin(directory, null);
    const next = directory.nextIncr;
    const entry = provisional ? { ...next, name: temporaryName(`${next.name}-${++this.serial}`) } : next;
    log("notice", `Creating AOF incr file ${entry.name} on background rewrite`);
    const incr = await NextIncr.draft(directory, entry, isAnnotated(this.parts.values));
    try {
      await running?.settle();
      this.cutOver(directory, running, incr);
    } catch (error) {
      incr.discard();
      throw error;
    }
    this.begin(directory, { ...next, name: entry.name });
  }

  /** The running file goes on; before the first rewrite it is one that nothing names. */
  private async prepareSingle(directory: SingleDirectory, provisional: boolean): Promise<void> {
    if (provisional) {
      const { seq, type } = directory.nextIncr;
      const name = temporaryName(`${directory.location.appendfilename}-${++this.serial}`);
      this.parts.begin(await NextIncr.draft(directory, { name, seq, type }, isAnnotated(this.parts.values)));
    }
    this.begin(directory, null);
  }

  /** The log goes on in the new file. */
  private cutOver(directory: AofDirectory, running: AppendOnlyFile | null, incr: NextIncr): void {
    if (running === null) {
      this.parts.begin(incr);
      return;
    }
    if (running !== this.parts.aof()) throw new Error("the append-only file was switched off");
    running.cutOver(this.parts.drain, () => {
      if (!incr.isNext) throw new Error("the running file was replaced meanwhile; try again");
      directory.change(directory.manifest.withIncr(incr.entry));
      return incr;
    });
  }

  private begin(directory: AofDirectory, incr: ManifestFile | null): void {
    const { platform, keyspace, values, jobs, background, log } = this.parts;
    const format = this.format();
    const base = directory.nextBase(format.kind === "rdb" ? "rdb" : "aof");
    const id = `${platform.host.pid}-${++this.serial}`;
    const names = directory instanceof SingleDirectory ? directory.rewriteNames(id) : null;
    const path = names?.complete ?? directory.pathOf(base.name);
    const temporary = names?.temporary ?? directory.pathOf(temporaryName(`${base.name}.${id}`));
    const single = directory instanceof SingleDirectory ? this.cutSingle(directory, path) : null;
    const channel = single?.running?.buffer.channel;
    const startUs = platform.clock.monotonicUs();
    const capture = Capture.take(keyspace);
    this.parts.onCut(platform.clock.monotonicUs() - startUs);
    const job = jobs.start(capture, format, {
      kind: "file",
      path,
      temporary,
      incrementalSync: values["aof-rewrite-incremental-fsync"],
      ...(channel === undefined ? {} : { diff: channel.buffer }),
    });
    background.begin("rewrite", job, this.startedMs);
    log("notice", `Background append only file rewriting started by pid ${platform.host.pid}`);
    const { isProvisional, startedMs } = this;
    const cut: Cut = { directory, job, base, temporary, incr, single, isProvisional, startedMs };
    void job.done.then((result) => this.ended(cut, result));
  }

  /** From this moment on the running file's bytes go to the thread as well. */
  private cutSingle(directory: SingleDirectory, path: string): Cut["single"] {
    const { aof: running, drain, values } = this.parts;
    const aof = running();
    if (aof === null) return { directory, path, running: null };
    const buffer = new RewriteBuffer(new DiffChannel(), isAnnotated(values));
    aof.feed(buffer, drain);
    return { directory, path, running: { aof, buffer } };
  }

  private format(): Format {
    const { values, platform, rdb } = this.parts;
    if (values["aof-use-rdb-preamble"]) return rdb();
    const timestamp = values["aof-timestamp-enabled"] ? Math.floor(platform.clock.now() / 1000) : null;
    return { kind: "commands", options: { seals: isAnnotated(values), timestamp } };
  }

  // ---- From the base on ----

  private ended(cut: Cut, result: JobResult): void {
    const { log, platform } = this.parts;
    const { job, directory } = cut;
    this.lastHeldBytes = job.heldBytes;
    this.lastSeconds = Math.floor((platform.clock.now() - cut.startedMs) / 1000);
    if (result.outcome !== "done") cut.single?.running?.aof.feed(null);
    if (result.outcome === "aborted") {
      log("notice", "Background AOF rewrite stopped");
      return;
    }
    if (result.outcome === "failed") {
      removeQuietly(platform.disk, cut.temporary);
      log("warning", `Background AOF rewrite terminated with error: ${result.reason}`);
      this.failed();
      return;
    }
    const temporary = basename(cut.temporary);
    log("notice", `Successfully created the temporary AOF base file ${temporary}`);
    log("notice", "Background AOF rewrite terminated with success");
    log(
      "notice",
      `Snapshot memory for AOF rewrite: ${Math.round(job.heldBytes / MEGABYTE)} MB were kept beside the dataset`,
    );
    if (cut.single !== null) {
      this.changeSingle(cut, cut.single);
      return;
    }
    try {
      this.publish(cut);
    } catch (error) {
      this.unpublished(error);
      return;
    }
    log("notice", `Successfully renamed the temporary AOF base file ${temporary} into ${cut.base.name}`);
    this.succeeded();
    if (!this.parts.values["aof-disable-auto-gc"])
      directory.removeHistory(platform.clock.now(), log).catch((error: Error) => {
        log("warning", `A history file of the AOF could not be removed: ${error.message}`);
      });
  }

  /** The single file is completed and takes its place; nothing else may begin meanwhile. */
  private changeSingle(cut: Cut, single: NonNullable<Cut["single"]>): void {
    const { background, drain, aof } = this.parts;
    const running = single.running?.aof ?? null;
    background.preparing = true;
    const isCurrent = (): boolean => aof() === running;
    const timed: Timed = (event, action) => this.timed(event, action);
    this.preparing = changeSingleFile({ ...single, drain, isCurrent, timed })
      .then(
        () => {
          this.isProvisional = false;
          running?.replaced(this.timed("aof-fstat", () => cut.directory.totalBytes));
          this.succeeded();
        },
        (error: unknown) => {
          running?.feed(null);
          this.unpublished(error);
        },
      )
      .finally(() => {
        background.preparing = false;
      });
  }

  private succeeded(): void {
    this.lastStatus = "ok";
    this.limit.succeeded();
    this.parts.log("notice", "Background AOF rewrite finished successfully");
  }

  private unpublished(error: unknown): void {
    this.parts.log(
      "warning",
      `Error trying to put the rewritten AOF in its place: ${(error as Error).message}`,
    );
    this.failed();
  }

  /** The manifest names the new base, and what it has replaced is history. */
  private publish(cut: Cut): void {
    const { directory, base } = cut;
    const running = this.parts.aof();
    let { manifest } = directory;
    let incr = cut.incr;
    if (incr !== null && cut.isProvisional) {
      if (running === null) throw new Error("the append-only file was switched off");
      const final = directory.nextIncr;
      const [from, to] = [directory.pathOf(incr.name), directory.pathOf(final.name)];
      this.timed("aof-rename", () => directory.disk.rename(from, to));
      const named = `${incr.name} into ${final.name}`;
      this.parts.log("notice", `Successfully renamed the temporary AOF incr file ${named}`);
      manifest = manifest.withIncr(final);
      incr = final;
    }
    const replaced = manifest.replaced(base, incr?.seq ?? Number.POSITIVE_INFINITY);
    this.timed("aof-rename", () => directory.change(replaced));
    this.isProvisional = false;
    running?.replaced(this.timed("aof-fstat", () => directory.totalBytes));
  }

  private timed<T>(event: AofLatencyEvent, action: () => T): T {
    const { clock } = this.parts.platform;
    const began = clock.monotonicUs();
    const result = action();
    this.parts.onLatency(event, (clock.monotonicUs() - began) / 1000);
    return result;
  }

  private failed(): void {
    const { background, log, platform } = this.parts;
    this.lastStatus = "err";
    this.limit.failed(platform.clock.now());
    if (!this.isProvisional) return;
    background.rewriteScheduled = true;
    log("notice", "The append-only file is not complete before it has been rewritten: it is tried again");
  }

  // ---- Room ----

  private checkSpace(directory: AofDirectory): void {
    const free = directory.disk.freeBytes(directory.path);
    const base = directory.isSingle ? directory.manifest.lastIncr : directory.manifest.base;
    const expected = base === null ? 0 : directory.sizeOf(base.name);
    if (free !== null && free < expected + RESERVED_BYTES)
      throw new Error(
        `${free} bytes are free in ${directory.path}, and a base of about ${expected} bytes has to leave ${RESERVED_BYTES} for the log`,
      );
  }

  private guardSpace(): void {
    const running = this.parts.background.running("rewrite");
    if (running === null) return;
    const { path, disk } = this.parts.directory();
    const free = disk.freeBytes(path);
    if (free === null || free >= RESERVED_BYTES / 2) return;
    this.parts.log(
      "warning",
      `Only ${free} bytes are free in ${path}: the rewrite ends so that the log has them`,
    );
    running.job.abort();
    this.failed();
  }
}
