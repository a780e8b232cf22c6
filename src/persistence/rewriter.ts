/** The rewrite of the append-only file: when one begins and how it ends. rewrite-parts.ts has the essay on what happens. */

import { basename } from "node:path";
import type { JobResult } from "../snapshot/job/job.js";
import type { AofLatencyEvent } from "./aof-parts.js";
import type { AppendOnlyFile } from "./append-only-file.js";
import { Cutting } from "./cutting.js";
import type { AofDirectory } from "./directory.js";
import { removeQuietly } from "./durable-file.js";
import type { ManifestFile } from "./manifest.js";
import { RewriteLimit } from "./rewrite-limit.js";
import type { Cut, RewriterParts } from "./rewrite-parts.js";
import { changeSingleFile, type Timed } from "./single-rewrite.js";

const MEGABYTE = 1024 * 1024;

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
  /** The one that is under way has been stopped (`abort`), and something of it still runs. */
  isStopping = false;
  /** Whether the cron begins rewrites. */
  enabled = true;
  private preparing: Promise<void> | null = null;
  private startedMs = 0;
  private readonly cutting: Cutting;

  constructor(private readonly parts: RewriterParts) {
    this.limit = new RewriteLimit(parts.log);
    this.cutting = new Cutting(parts);
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
    this.preparing = this.cutting.take(provisional, this.startedMs).then(
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

  /** Ten times a second: begins what is scheduled and what growth asks for. */
  cron(): void {
    const { background, values, aof, log, platform } = this.parts;
    const isUrgent = aof()?.waitsForRewrite === true;
    if (isUrgent && this.isProvisional && this.isRunning && !background.rewriteScheduled) {
      log("warning", "The new append-only file could not be synced: the rewrite begins anew");
      background.running("rewrite")?.job.abort();
      background.rewriteScheduled = true;
    }
    if (!background.isFree || !this.enabled) return;
    const now = platform.clock.monotonicUs();
    if (background.rewriteScheduled) {
      if (!this.limit.holds(now, isUrgent)) this.start();
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
    if (!this.isRunning) return;
    this.isStopping = true;
    await this.preparing;
    const running = this.parts.background.running("rewrite");
    running?.job.abort();
    await running?.job.done;
    // It may have been complete already: then its files take their place.
    await this.preparing;
    this.isStopping = false;
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
    const from = cut.isProvisional ? incr : null;
    if (from !== null) incr = this.nameIncr(cut.running!, directory, from);
    const seq = incr?.seq ?? Number.POSITIVE_INFINITY;
    const added = cut.isProvisional ? incr : null;
    try {
      await this.timed("aof-rename", () =>
        directory.change((manifest) =>
          (added === null ? manifest : manifest.withIncr(added)).replaced(base, seq),
        ),
      );
    } catch (error) {
      if (!directory.isDoubtful) this.takeNameBack(cut);
      throw error;
    }
    this.parts.log(
      "notice",
      `Successfully renamed the temporary AOF base file ${basename(temporary)} into ${base.name}`,
    );
  }

  /** The provisional file gets its name. */
  private nameIncr(running: AppendOnlyFile, directory: AofDirectory, incr: ManifestFile): ManifestFile {
    const final = directory.nextIncr;
    this.timed("aof-rename", () => running.rename(directory.pathOf(final.name)));
    const named = `${incr.name} into ${final.name}`;
    this.parts.log("notice", `Successfully renamed the temporary AOF incr file ${named}`);
    return final;
  }

  /** The manifest does not name the new files after all: none of them may look as if it counted. */
  private takeNameBack({ directory, base, incr, running, isProvisional }: Cut): void {
    try {
      if (isProvisional && incr !== null) running!.rename(directory.pathOf(incr.name));
      removeQuietly(directory.disk, directory.pathOf(base.name));
    } catch (error) {
      this.parts.log("warning", `The AOF file could not be renamed back: ${(error as Error).message}`);
    }
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
    this.limit.failed(platform.clock.monotonicUs());
    if (!this.isProvisional && this.parts.aof()?.isIncomplete !== true) return;
    background.rewriteScheduled = true;
    log("notice", "The append-only file is not complete before it has been rewritten: it is tried again");
  }
}
