/**
 * A primary's snapshot on its way into the dataset, in one of two ways: into the place of what there is, which is
 * dropped before; or into databases beside it, which change places with those that there are when they are whole.
 */

import type { Database } from "../keyspace/database.js";
import { SnapshotLines } from "../persistence/snapshot-load.js";
import type { RestoreMode, Restoring } from "../replication/replica/dataset.js";
import type { RdbReader } from "../snapshot/rdb/reader.js";
import type { LogLine } from "../util/log-line.js";
import type { Engine } from "./engine.js";
import type { LoadingProgress } from "./services.js";
import { snapshotReader } from "./snapshot-reader.js";

/** What a restore does to the server around it. */
export interface RestoreSurroundings {
  readonly log: LogLine;
  /** Clients are told from now on that the dataset is being loaded; until `ended`. */
  begun(progress: LoadingProgress): void;
  ended(): void;
}

/** Takes the entries for the databases beside. */
class LinesBeside extends SnapshotLines {
  constructor(
    private readonly engine: Engine,
    log: LogLine,
    private readonly databases: readonly Database[],
  ) {
    super(engine.platform.clock, log);
  }

  /** An entry whose key is there twice would only be the second one, and whose database is not there nobody's. */
  entry(ref: number, index: number): void {
    const database = this.databases[index];
    const { keyspace } = this.engine;
    if (database?.load(keyspace.borrowKey(ref), ref) === true) return;
    keyspace.release(ref);
    throw new Error(
      database === undefined
        ? `The snapshot has a database ${index}, where this server has ${this.databases.length} (set 'databases')`
        : `The snapshot has a key twice in database ${index}`,
    );
  }
}

export class Restore implements Restoring, LoadingProgress {
  readonly reader: RdbReader;
  readonly startedMs: number;
  readonly totalBytes: number;
  loadedBytes = 0;
  private readonly lines: SnapshotLines;
  private readonly beganUs: number;

  constructor(
    private readonly engine: Engine,
    private readonly mode: RestoreMode,
    size: number,
    private readonly surroundings: RestoreSurroundings,
  ) {
    const { keyspace, platform } = engine;
    this.startedMs = platform.clock.now();
    this.beganUs = platform.clock.monotonicUs();
    this.totalBytes = Number.isFinite(size) ? size : 0;
    if (mode === "replace") this.empty();
    this.lines =
      mode === "replace"
        ? new SnapshotLines(platform.clock, surroundings.log)
        : new LinesBeside(engine, surroundings.log, keyspace.beside());
    // What has expired goes when the primary says so.
    this.reader = snapshotReader(engine, { size, skipExpired: false }, this.lines);
    if (mode !== "serve") surroundings.begun(this);
  }

  get database(): number {
    return this.lines.streamDatabase;
  }

  get usedMemory(): number {
    return this.lines.usedMemory;
  }

  finished(): void {
    this.reader.close();
    this.lines.finished(this.reader);
  }

  complete(): void {
    const { engine, mode, surroundings } = this;
    const { clock } = engine.platform;
    if (mode !== "replace") {
      surroundings.log("notice", "MASTER <-> REPLICA sync: Swapping active DB with loaded DB");
      engine.keyspace.replaceAll();
      surroundings.log("notice", "MASTER <-> REPLICA sync: Discarding old DB in background");
    }
    engine.services.saver.loaded();
    if (mode !== "serve") surroundings.ended();
    const seconds = (clock.monotonicUs() - this.beganUs) / 1e6;
    surroundings.log("notice", `MASTER <-> REPLICA sync: loaded in ${seconds.toFixed(3)} seconds`);
  }

  abandon(): void {
    const { engine, mode, surroundings } = this;
    this.reader.close();
    if (mode === "replace") this.empty();
    else engine.keyspace.discardComing();
    if (mode !== "serve") surroundings.ended();
  }

  private empty(): void {
    const { keyspace } = this.engine;
    for (const database of keyspace.databases) database.touchAllWatched();
    keyspace.clear();
  }
}
