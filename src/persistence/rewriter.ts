/**
 * The rewrite of the append-only file: the dataset as it is, in as few bytes as it takes, instead of its history.
 *
 * **Where do writes go that arrive during the rewrite?** Into the next incr file, from the cut on, and nowhere else.
 * The cut is one moment between two turns of the loop, and in it, without a gap, three things happen:
 *
 *  1. everything that the log holds is written to the running file, which ends here;
 *  2. the capture is taken (snapshot/capture.ts);
 *  3. from now on nothing is written: what comes in waits in memory, and its replies with it.
 *
 * Then, off the loop, the running file is synced and the manifest names the next incr file behind it; what has waited
 * is the first that it gets. So reads never wait for the device, and writes do for the time of these syncs. If one of
 * them fails, what has waited goes into the file that was running, and the capture is given up.
 *
 * So each write is before the cut, and then in the old files and in the capture, or behind it, and then in the new
 * incr file alone. Nothing is written twice, and no file is ever written from two sides: the base is a file of its own
 * that a thread writes from the capture. The order of writes is the order of the files in the manifest, at every moment:
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
 * Before the cut the next incr file is made and the running one synced, so that its end finds little to sync. **An incr
 * file that has a successor is therefore complete and on the device**; only the last one can end in the middle of a
 * command.
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
import { checkRoom, lackOfRoom } from "./room.js";
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
  /** What took the log at the cut. */
  readonly running: AppendOnlyFile | null;
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
      (cut) => {
        background.preparing = false;
        void cut.job.done.then((result) => this.ended(cut, result));
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
    // It may have been complete already: then its files take their place.
    await this.preparing;
  }

  // ---- Up to the cut ----

  private async prepare(provisional: boolean): Promise<Cut> {
    const { aof, log } = this.parts;
    const directory = this.parts.directory();
    checkRoom(directory);
    if (directory instanceof SingleDirectory) return this.prepareSingle(directory, provisional);
    const running = provisional ? null : aof();
    if (running === null && !provisional) return this.begin(directory, null);
    const next = directory.reserveIncr();
    const entry = provisional ? { ...next, name: temporaryName(`${next.name}-${++this.serial}`) } : next;
    log("notice", `Creating AOF incr file ${entry.name} on background rewrite`);
    try {
      const incr = await NextIncr.draft(directory, entry, isAnnotated(this.parts.values));
      return await this.cutTo(incr, running);
    } finally {
      directory.giveBack(entry);
    }
  }

  /** The log goes on in the new file. */
  private async cutTo(incr: NextIncr, running: AppendOnlyFile | null): Promise<Cut> {
    const { directory, entry } = incr;
    try {
      if (running !== null) return await this.cutOver(directory, running, incr);
      this.parts.begin(incr);
      return this.begin(directory, entry);
    } catch (error) {
      incr.discard();
      throw error;
    }
  }

  /** The running file goes on; before the first rewrite it is one that nothing names. */
  private async prepareSingle(directory: SingleDirectory, provisional: boolean): Promise<Cut> {
    if (provisional) {
      const { seq, type } = directory.nextIncr;
      const name = temporaryName(`${directory.location.appendfilename}-${++this.serial}`);
      this.parts.begin(await NextIncr.draft(directory, { name, seq, type }, isAnnotated(this.parts.values)));
    }
    return this.begin(directory, null);
  }

  /** The cut: the capture is taken, the running file ends, and the log goes on in the new one. */
  private async cutOver(directory: AofDirectory, running: AppendOnlyFile, incr: NextIncr): Promise<Cut> {
    let cut: Cut | null = null;
    try {
      await running.settle();
      if (running !== this.parts.aof()) throw new Error("the append-only file was switched off");
      await running.cutOver(
        this.parts.drain,
        () => {
          if (!incr.isNext) throw new Error("the running file was replaced meanwhile; try again");
          cut = this.begin(directory, incr.entry);
        },
        async () => {
          await directory.change((manifest) => manifest.withIncr(incr.entry));
          return incr;
        },
      );
      return cut!;
    } catch (error) {
      (cut as Cut | null)?.job.abort();
      throw error;
    }
  }

  private begin(directory: AofDirectory, incr: ManifestFile | null): Cut {
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
    const running = this.parts.aof();
    return { directory, job, base, temporary, incr, single, running, isProvisional, startedMs };
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
    const { job } = cut;
    this.lastHeldBytes = job.heldBytes;
    this.lastSeconds = Math.floor((platform.clock.now() - cut.startedMs) / 1000);
    // Switched off since, and perhaps on again, which begins with a rewrite of its own.
    const isStale = cut.running !== this.parts.aof();
    if (result.outcome !== "done" || isStale) cut.single?.running?.aof.feed(null);
    if (isStale) removeQuietly(platform.disk, cut.single?.path ?? cut.directory.pathOf(cut.base.name));
    if (result.outcome === "aborted" || isStale) {
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
    this.takePlace(cut);
  }

  /** The new files take the place of the old ones; nothing else may begin meanwhile. */
  private takePlace(cut: Cut): void {
    const { background, aof } = this.parts;
    const { single, running, isProvisional } = cut;
    background.preparing = true;
    // Whoever switches it off from now on completes the new file.
    if (isProvisional) this.isProvisional = false;
    this.preparing = (single === null ? this.publish(cut) : this.changeSingle(single))
      .then(
        () => {
          running?.replaced(this.timed("aof-fstat", () => cut.directory.totalBytes));
          this.succeeded();
          if (single === null) this.removeHistory(cut.directory);
        },
        (error: unknown) => {
          single?.running?.aof.feed(null);
          if (isProvisional && running === aof()) this.isProvisional = true;
          this.unpublished(error);
        },
      )
      .finally(() => {
        background.preparing = false;
      });
  }

  private changeSingle(single: NonNullable<Cut["single"]>): Promise<void> {
    const { drain, aof } = this.parts;
    const running = single.running?.aof ?? null;
    const isCurrent = (): boolean => aof() === running;
    const timed: Timed = (event, action) => this.timed(event, action);
    return changeSingleFile({ ...single, drain, isCurrent, timed });
  }

  private removeHistory(directory: AofDirectory): void {
    const { values, platform, log } = this.parts;
    if (values["aof-disable-auto-gc"]) return;
    directory.removeHistory(platform.clock.now(), log).catch((error: Error) => {
      log("warning", `A history file of the AOF could not be removed: ${error.message}`);
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
  private async publish(cut: Cut): Promise<void> {
    const { directory, base, temporary } = cut;
    let { incr } = cut;
    if (incr !== null && cut.isProvisional) incr = this.nameIncr(directory, incr);
    const seq = incr?.seq ?? Number.POSITIVE_INFINITY;
    const added = cut.isProvisional ? incr : null;
    await this.timed("aof-rename", () =>
      directory.change((manifest) =>
        (added === null ? manifest : manifest.withIncr(added)).replaced(base, seq),
      ),
    );
    this.parts.log(
      "notice",
      `Successfully renamed the temporary AOF base file ${basename(temporary)} into ${base.name}`,
    );
  }

  /** The provisional file gets its name. */
  private nameIncr(directory: AofDirectory, incr: ManifestFile): ManifestFile {
    const final = directory.nextIncr;
    const [from, to] = [directory.pathOf(incr.name), directory.pathOf(final.name)];
    this.timed("aof-rename", () => directory.disk.rename(from, to));
    const named = `${incr.name} into ${final.name}`;
    this.parts.log("notice", `Successfully renamed the temporary AOF incr file ${named}`);
    return final;
  }

  private timed<T>(event: AofLatencyEvent, action: () => T): T {
    const { clock } = this.parts.platform;
    const began = clock.monotonicUs();
    const noted = (): void => this.parts.onLatency(event, (clock.monotonicUs() - began) / 1000);
    const result = action();
    if (result instanceof Promise) result.then(noted, () => {});
    else noted();
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

  private guardSpace(): void {
    const running = this.parts.background.running("rewrite");
    if (running === null) return;
    const reason = lackOfRoom(this.parts.directory());
    if (reason === null) return;
    this.parts.log("warning", reason);
    running.job.abort();
    this.failed();
  }
}
