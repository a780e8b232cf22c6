/** The append-only file of the running server: opened at start, rewritten in the background, switched on and off. */

import { systemReason } from "../config/kinds/directory.js";
import type { Engine } from "../engine/engine.js";
import type { FsyncPolicy } from "../persistence/aof-parts.js";
import { AppendOnlyFile } from "../persistence/append-only-file.js";
import { AofDirectory } from "../persistence/directory.js";
import { removeQuietly, temporaryName } from "../persistence/durable-file.js";
import { directoryAt, isAnnotated, refuseBoth } from "../persistence/layout.js";
import { ManifestError, type ManifestFile } from "../persistence/manifest.js";
import type { NextIncr } from "../persistence/next-incr.js";
import { makeDirectory } from "../persistence/opening.js";
import { Rewriter } from "../persistence/rewriter.js";
import { StartError } from "../persistence/start-error.js";
import type { LogLine } from "../util/log-line.js";
import type { Snapshots } from "./snapshots.js";
import type { Turn } from "./turn.js";

export class AppendOnly {
  /** What takes the log; null while the append-only file is off. */
  file: AppendOnlyFile | null = null;
  readonly rewriter: Rewriter;
  /** Where its files are; null while none has been looked for. */
  directory: AofDirectory | null = null;
  private turn!: Turn;
  private policy: FsyncPolicy = "everysec";
  /** The file that is open is from now on only finished: its last marks are of the history as it is at this moment. */
  private freezeMarks: () => void = () => {};
  /** What is on its way to the device after the file was switched off. */
  private closing: Promise<void> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    private readonly snapshots: Snapshots,
    private readonly log: LogLine,
  ) {
    const { jobs, background, saver } = snapshots;
    this.rewriter = new Rewriter({
      platform: engine.platform,
      keyspace: engine.keyspace,
      values: engine.config.values,
      jobs,
      background,
      directory: () => this.findDirectory(),
      aof: () => this.file,
      closed: () => this.closing,
      drain: () => this.turn.drain(),
      begin: (incr) => this.beginProvisional(incr),
      rdb: () => saver.format(true),
      onCut: (us) => saver.tookCut(us),
      onLatency: (event, ms) => engine.latency.record(event, ms),
      log,
    });
  }

  attach(turn: Turn): void {
    this.turn = turn;
    const { config } = this.engine;
    config.onChange(["appendfsync", "no-appendfsync-on-rewrite"], () => {
      this.applyPolicy();
      return undefined;
    });
    config.onChange("appendonly", ({ appendonly }) =>
      appendonly ? (this.probe() ?? this.switchOn()) : this.switchOff(),
    );
  }

  /** Appends to `incr` from now on; `sealedBytes`: where its last seal ends. */
  begin(directory: AofDirectory, incr: ManifestFile, sealedBytes: number): void {
    this.directory = directory;
    this.open(directory, incr, sealedBytes, false);
    this.tidyUp(directory.removeHistory(this.engine.platform.clock.now(), this.log));
  }

  /** Ten times a second. */
  cron(): void {
    this.applyPolicy();
    this.file?.cron();
    this.rewriter.cron();
    if (this.file !== null && this.directory !== null)
      this.tidyUp(this.directory.pruneHistory(this.engine.platform.clock.now(), this.log));
  }

  private tidyUp(removal: Promise<void>): void {
    removal.catch((error: Error) => {
      this.log("warning", `What is kept of the AOF's history could not be tidied up: ${error.message}`);
    });
  }

  /** Writes and syncs everything, and ends. Rejects when the disk does not take it. */
  async close(): Promise<void> {
    await this.closing;
    const { file, engine } = this;
    if (file === null) return;
    await file.close();
    engine.log.listen("file", false);
    this.file = null;
  }

  // ---- For a replica, whose dataset is replaced ----

  /** The dataset is about to go, and its history with it: what the file has is all that it will get. */
  suspend(): void {
    this.switchOff();
  }

  /** The dataset is another one: it is written anew, if it is to be written. Until then the files are of the old one. */
  resume(): void {
    if (!this.engine.config.values.appendonly || this.file !== null || this.rewriter.isProvisional) return;
    const failure = this.switchOn();
    if (failure !== undefined) this.log("warning", failure);
  }

  // ---- While the server runs ----

  /** Tries whether files can be made where they are to be; why not, else undefined. */
  private probe(): string | undefined {
    const { disk } = this.engine.platform;
    try {
      const directory = this.findDirectory();
      const path = directory.pathOf(temporaryName(`${directory.location.appendfilename}.probe`));
      try {
        disk.open(path, "create").close();
      } catch (error) {
        throw new Error(`Can't open the append-only file ${path}: ${systemReason(error)}`);
      }
      removeQuietly(disk, path);
      return undefined;
    } catch (error) {
      this.log("warning", (error as Error).message);
      return "Unable to turn on AOF. Check server logs.";
    }
  }

  private switchOn(): string | undefined {
    const { rewriter, log } = this;
    const { background } = this.snapshots;
    try {
      this.findDirectory();
    } catch (error) {
      return (error as Error).message;
    }
    rewriter.isProvisional = true;
    if (rewriter.isRunning) {
      log(
        "warning",
        "AOF was enabled but there is already an AOF rewriting in background. Stopping background AOF and starting a rewrite now.",
      );
      void rewriter.abort().then(() => {
        background.rewriteScheduled ||= rewriter.isProvisional;
      });
    } else if (background.isFree) {
      rewriter.start();
    } else {
      background.rewriteScheduled = true;
      log(
        "notice",
        "AOF was enabled but there is already another background operation. An AOF background was scheduled to start when possible.",
      );
    }
    return undefined;
  }

  private switchOff(): undefined {
    const { file, rewriter, engine, turn } = this;
    const wasProvisional = rewriter.isProvisional;
    rewriter.isProvisional = false;
    if (rewriter.isRunning)
      this.log("notice", `Killing running AOF rewrite child: ${engine.platform.host.pid}`);
    void rewriter.abort();
    if (file === null) return;
    turn.drain();
    this.freezeMarks();
    engine.log.listen("file", false);
    engine.keyspace.unsettled.active = false;
    this.file = null;
    if (wasProvisional) {
      this.abandon(file, this.directory!);
      turn.progress();
      return;
    }
    // Replies that wait for it leave when it is complete.
    file.onProgress = null;
    this.closing = file
      .close()
      .catch((error: Error) => {
        this.log("warning", `The append-only file could not be completed: ${error.message}`);
        file.abandon();
      })
      .then(() => turn.progress());
  }

  /** The log goes into a file that nothing names yet; from this moment on it has everything. */
  private beginProvisional(incr: NextIncr): void {
    if (!this.rewriter.isProvisional) throw new Error("the append-only file was switched off");
    this.turn.drain();
    incr.release();
    const { engine, file: old } = this;
    // If it throws, the one that there is goes on.
    this.open(incr.directory, incr.entry, incr.bytes, true);
    if (old !== null) this.abandon(old, incr.directory);
    if (engine.log.listen("file", true)) engine.history.renew();
  }

  /** A file that nothing names, unless nobody knows what the disk's manifest names, is given up. */
  private abandon(file: AppendOnlyFile, directory: AofDirectory): void {
    const path = file.abandon();
    if (!directory.isDoubtful) removeQuietly(directory.disk, path);
  }

  private open(
    directory: AofDirectory,
    incr: ManifestFile,
    sealedBytes: number,
    isProvisional: boolean,
  ): void {
    const { engine, log } = this;
    const { config, platform } = engine;
    this.policy = this.wantedPolicy();
    let frozen: string | null = null;
    this.freezeMarks = () => {
      frozen = engine.history.replid;
    };
    const file = new AppendOnlyFile({
      directory,
      incr,
      log: engine.log,
      clock: platform.clock,
      policy: this.policy,
      writeLog: log,
      annotations: {
        seals: isAnnotated(config.values),
        isShared: () => engine.log.isShared,
        timestamps: () => config.values["aof-timestamp-enabled"],
        markAt: (offset) => ({ replid: frozen ?? engine.history.replid, offset }),
      },
      sealedBytes,
      isProvisional,
      isSharing: () => this.snapshots.background.current !== null,
    });
    file.onProgress = () => this.turn.progress();
    file.health.onFailure = () => this.turn.progress();
    file.onLoss = () => {
      this.snapshots.background.rewriteScheduled = true;
      log("warning", "Writes that were left to the system may be missing in the AOF file: it is rewritten");
    };
    file.onLatency = (event, ms) => engine.latency.record(event, ms);
    this.file = file;
    engine.keyspace.unsettled.active = this.policy === "always";
  }

  /** The directory with its manifest, made if need be. Throws an Error that names it. */
  private findDirectory(): AofDirectory {
    if (this.file !== null && this.directory !== null) {
      // Only a rewrite can keep what a removed file has. One that was moved with its directory is still complete.
      if (this.file.isRemoved) makeDirectory(this.directory);
      return this.directory;
    }
    const { platform, config } = this.engine;
    const directory = this.knownDirectory(directoryAt(platform.disk, config.values));
    const parted = new AofDirectory(platform.disk, config.values);
    try {
      if (directory.isSingle && platform.disk.stat(parted.manifestPath) !== null) refuseBoth(parted);
      directory.readManifest();
      makeDirectory(directory);
      platform.disk.checkWritable(directory.path);
    } catch (error) {
      if (error instanceof StartError) throw error;
      const reason = error instanceof ManifestError ? `${error.message} (manifest)` : systemReason(error);
      throw new Error(`Can't open or create append-only dir ${directory.path}: ${reason}`);
    }
    this.directory = directory;
    return directory;
  }

  /** The one that is known already if it is the same: a change of its manifest may be under way. */
  private knownDirectory(found: AofDirectory): AofDirectory {
    const known = this.directory;
    const isSame = known?.isSingle === found.isSingle && known.manifestPath === found.manifestPath;
    return isSame ? known : found;
  }

  /** `no-appendfsync-on-rewrite`: no sync while something else keeps the disk busy. */
  private wantedPolicy(): FsyncPolicy {
    const { values } = this.engine.config;
    const pauses = values["no-appendfsync-on-rewrite"] && !this.snapshots.background.isFree;
    return pauses ? "no" : values.appendfsync;
  }

  private applyPolicy(): void {
    const policy = this.wantedPolicy();
    if (policy === this.policy) return;
    this.policy = policy;
    this.file?.setPolicy(policy);
    this.engine.keyspace.unsettled.active = this.file !== null && policy === "always";
  }
}
