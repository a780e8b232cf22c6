/** The dataset on disk: what is loaded at start, and the append-only file while the server runs. */

import { systemReason } from "../config/kinds/directory.js";
import { REDIS_VERSION } from "../config/version.js";
import type { Engine } from "../engine/engine.js";
import { Replayer } from "../engine/replayer.js";
import type { LoadingProgress } from "../engine/services.js";
import { snapshotReader } from "../engine/snapshot-reader.js";
import type { Mark } from "../log/history.js";
import type { AppendOnlyFile } from "../persistence/append-only-file.js";
import type { AofDirectory } from "../persistence/directory.js";
import { dumpPath } from "../persistence/dump-import.js";
import { DumpLoad } from "../persistence/dump-load.js";
import { convertToSingle, directoryAt } from "../persistence/layout.js";
import { importDump, lastIncr, openDirectory } from "../persistence/opening.js";
import { Recovery } from "../persistence/recovery.js";
import type { LoadPace } from "../persistence/snapshot-load.js";
import { StartError, stopIfEnding } from "../persistence/start-error.js";
import type { LogLine } from "../util/log-line.js";
import { AppendOnly } from "./append-only.js";
import type { Logger } from "./logger.js";
import type { Snapshots } from "./snapshots.js";
import type { Turn } from "./turn.js";

const NO_BYTES = new Uint8Array(0);

export class Persistence {
  readonly appendOnly: AppendOnly;
  /** While the dataset is loaded, else null. */
  loading: LoadingProgress | null = null;
  /** What the log on the disk has reached: the mark for going on in its history, null when that is not known. */
  recovered: Pick<Recovery, "mark" | "sealedBytesOf"> | null = null;
  /** The end of the stream up to that mark, as far as the files had it. */
  private streamTail: Uint8Array = NO_BYTES;
  /** The database that the log on the disk has selected at its end. */
  private database = 0;
  private readonly writeLog: LogLine;
  private turn!: Turn;
  private directory!: AofDirectory;
  /** The length of the snapshot that a single file begins with which has just been made and not been loaded. */
  private snapshotBytes: number | null = null;
  /** "ended" when the server ends before `open` has done its work. */
  private opening: "no" | "yes" | "ended" = "no";
  private readonly isEnding = (): boolean => this.opening === "ended";

  constructor(
    private readonly engine: Engine,
    snapshots: Snapshots,
    logger: Logger,
  ) {
    this.writeLog = logger.log;
    this.appendOnly = new AppendOnly(engine, snapshots, this.writeLog);
  }

  attach(turn: Turn): void {
    this.turn = turn;
    this.appendOnly.attach(turn);
  }

  /** What takes the log; null while the append-only file is off. */
  get aof(): AppendOnlyFile | null {
    return this.appendOnly.file;
  }

  /** Loads what is on the disk and opens the append-only file. Throws a StartError. */
  async open(): Promise<void> {
    this.opening = "yes";
    await this.openFiles();
    this.opening = "no";
  }

  private async openFiles(): Promise<void> {
    const { config, platform } = this.engine;
    if (!config.values.appendonly) {
      this.engine.services.saver.guard();
      await this.loadDump();
      return;
    }
    this.directory = openDirectory({
      disk: platform.disk,
      location: config.values,
      origin: {
        version: REDIS_VERSION,
        createdAt: Math.floor(platform.clock.now() / 1000),
        usedMemory: this.engine.memory.usedBytes,
      },
      now: platform.clock.now(),
      log: this.writeLog,
    });
    if (this.directory.manifest.isEmpty) await this.importDump();
    else await this.load();
    // Replicas that have no more than the files had may go on from there.
    if (this.recovered?.mark) this.resumeHistory(this.recovered.mark, this.database, this.streamTail);
    this.start();
  }

  /** `tail`: the bytes of the stream that end at the mark, as far as they are known. */
  private resumeHistory(mark: Mark, database: number, tail: Uint8Array): void {
    const { primary, follower } = this.engine.services;
    primary.recall(mark.offset, tail);
    if (follower.isReplica) follower.resume(mark, database);
    else primary.resume(mark);
  }

  /** The files have been loaded, and become one. */
  private async convert(): Promise<void> {
    const { disk, clock } = this.engine.platform;
    try {
      this.snapshotBytes = await convertToSingle(this.directory, clock, this.writeLog);
      this.directory = directoryAt(disk, this.directory.location);
      this.directory.readManifest();
    } catch (error) {
      throw new StartError(
        `The append-only files of ${this.directory.path} could not be copied into one: ${systemReason(error)}`,
      );
    }
    stopIfEnding(this.isEnding);
  }

  /** Why writes are refused at the moment, as an error reply, else null. */
  writeRefusal(): string | null {
    if (this.aof === null || this.aof.canWrite) return null;
    return `MISCONF Errors writing to the AOF file: ${this.aof.health.lastError}`;
  }

  /** DEBUG LOADAOF: makes the file complete, forgets the dataset, and loads it again. */
  async reload(): Promise<void> {
    const { appendOnly, engine, turn } = this;
    await appendOnly.rewriter.abort();
    // It may have been switched on or off since the server started.
    if (appendOnly.file === null || appendOnly.directory === null) return;
    this.directory = appendOnly.directory;
    turn.end();
    // From now on nobody writes any more.
    await this.whileLoading(this.recovery(), async (recovery) => {
      await appendOnly.close();
      engine.keyspace.clear();
      await recovery.run();
      this.recovered = recovery;
      this.start();
      this.writeLog("warning", "Append Only File loaded by DEBUG LOADAOF");
    });
  }

  /** DEBUG RELOAD: loads the snapshot file, into what there is or in its place. Null when there is no file. */
  reloadSnapshot({ flush, merge }: { flush: boolean; merge: boolean }): Promise<void> | null {
    const { keyspace, platform, config } = this.engine;
    const path = dumpPath(config.values);
    const size = platform.disk.stat(path)?.bytes;
    if (size === undefined) return null;
    for (const database of keyspace.databases) database.touchAllWatched();
    if (flush) keyspace.clear();
    return this.whileLoading(this.dumpLoad(path, size, merge), async (load) => {
      await load.run();
      this.writeLog("warning", "DB reloaded by DEBUG RELOAD");
    });
  }

  /** Writes and syncs everything. What `open` still does, if it does, comes to nothing: it rejects. */
  async close(): Promise<void> {
    if (this.opening === "yes") this.opening = "ended";
    try {
      await this.appendOnly.close();
    } catch (error) {
      throw new Error(`The append-only file could not be completed: ${(error as Error).message}`);
    }
  }

  /** Loads the snapshot file, if there is one. */
  private async loadDump(): Promise<void> {
    const { disk } = this.engine.platform;
    const path = dumpPath(this.engine.config.values);
    const size = disk.stat(path)?.bytes;
    if (size === undefined) return;
    const load = this.dumpLoad(path, size);
    await this.whileLoading(load, async () => {
      const { keysExpired } = await load.run();
      // Replicas still have what has expired meanwhile, and nobody would ever tell them to delete it.
      if (load.mark !== null && keysExpired === 0)
        this.resumeHistory(load.mark, load.streamDatabase, NO_BYTES);
    });
  }

  /** Loads the snapshot file and makes the append-only file from it. */
  private async importDump(): Promise<void> {
    const { engine, directory } = this;
    const path = dumpPath(directory.location);
    const size = directory.disk.stat(path)?.bytes ?? 0;
    await this.whileLoading(this.dumpLoad(path, size), async (load) => {
      await load.run();
      await importDump(directory, engine.platform.clock, this.writeLog);
      if (directory.isSingle) this.snapshotBytes = size;
    });
  }

  private get pace(): LoadPace {
    const { values } = this.engine.config;
    return {
      blockBytes: values["loading-process-events-interval-bytes"],
      keyDelayMs: values["key-load-delay"] / 1000,
    };
  }

  private dumpLoad(path: string, size: number, replace = false): DumpLoad {
    const { engine } = this;
    const { disk, clock } = engine.platform;
    return new DumpLoad(path, size, {
      disk,
      clock,
      log: this.writeLog,
      isEnding: this.isEnding,
      pace: this.pace,
      makeReader: (bytes, listener) => {
        const use = { size: bytes, skipExpired: engine.config.values.replicaof === null, replace };
        return snapshotReader(engine, use, listener);
      },
    });
  }

  /** Clients are told that the dataset is being loaded until `load` has done so. */
  private async whileLoading<P extends LoadingProgress>(
    progress: P,
    load: (progress: P) => Promise<unknown>,
  ): Promise<void> {
    const { engine } = this;
    this.beginLoading(progress);
    await load(progress);
    engine.services.saver.loaded();
    this.endLoading();
  }

  /** Clients are told that the dataset is being loaded. */
  beginLoading(progress: LoadingProgress): void {
    this.loading = progress;
    this.engine.log.mute(true);
    this.engine.settleExpiry();
  }

  endLoading(): void {
    const { engine } = this;
    this.loading = null;
    engine.log.mute(false);
    engine.settleExpiry();
    engine.refreshTime();
  }

  // ---- For a replica, whose dataset is replaced ----

  /** The file is of the dataset that is about to go. */
  suspendFile(): void {
    this.appendOnly.suspend();
  }

  /** The dataset is another one: the file, if it is wanted, begins anew. */
  resumeFile(): void {
    this.appendOnly.resume();
  }

  private async load(): Promise<void> {
    const replayer = new Replayer(this.engine);
    const recovery = this.recovery(replayer);
    await this.whileLoading(recovery, async () => {
      await recovery.run();
      this.streamTail = recovery.streamTail();
      // Whatever clients wrote before the file is open would not be in it.
      if (this.engine.config.values["aof-layout"] === "single" && !this.directory.isSingle)
        await this.convert();
    });
    this.recovered = recovery;
    this.database = replayer.database;
  }

  private recovery(replay = new Replayer(this.engine)): Recovery {
    const { config, platform } = this.engine;
    return new Recovery({
      directory: this.directory,
      clock: platform.clock,
      replay,
      loadTruncated: config.values["aof-load-truncated"],
      streamTailBytes: config.values["repl-backlog-size"],
      corruptTailMax: config.values["aof-load-corrupt-tail-max-size"],
      log: this.writeLog,
      pace: this.pace,
      isEnding: this.isEnding,
    });
  }

  /** Opens the file that is written to, and lets the log be written. */
  private start(): void {
    const incr = lastIncr(this.directory, this.writeLog);
    this.appendOnly.begin(
      this.directory,
      incr,
      this.snapshotBytes ?? this.recovered?.sealedBytesOf(incr) ?? 0,
    );
    this.snapshotBytes = null;
    this.engine.log.listen("file", true);
  }
}
