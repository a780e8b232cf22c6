/** Loading the snapshot file, dump.rdb, at start. */

import type { Mark } from "../log/history.js";
import type { Clock } from "../platform/clock.js";
import type { Disk } from "../platform/disk.js";
import type { RdbReader } from "../snapshot/rdb/reader.js";
import type { LogLine } from "../util/log-line.js";
import type { LoadProgress } from "./recovery.js";
import {
  breathe,
  type LoadPace,
  loadSnapshot,
  type ReaderMaker,
  SnapshotLines,
  startErrorOf,
} from "./snapshot-load.js";
import { stopIfEnding } from "./start-error.js";

export interface DumpParts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly makeReader: ReaderMaker;
  readonly pace: LoadPace;
  readonly log: LogLine;
  /** Whether the rest need not be loaded any more; the load rejects then. */
  readonly isEnding?: () => boolean;
}

export class DumpLoad implements LoadProgress {
  readonly startedMs: number;
  loadedBytes = 0;
  private readonly lines: SnapshotLines;

  /** `totalBytes` is the file's size. */
  constructor(
    private readonly path: string,
    readonly totalBytes: number,
    private readonly parts: DumpParts,
  ) {
    this.startedMs = parts.clock.now();
    this.lines = new SnapshotLines(parts.clock, parts.log);
  }

  get usedMemory(): number {
    return this.lines.usedMemory;
  }

  /** Where in a history the snapshot was taken; null when it does not say. */
  get mark(): Mark | null {
    return this.lines.mark;
  }

  /** The database that the history has selected there. */
  get streamDatabase(): number {
    return this.lines.streamDatabase;
  }

  /** Loads the file. Rejects with a StartError; what has been loaded by then is of no use. */
  async run(): Promise<RdbReader> {
    const { clock, makeReader, log } = this.parts;
    const began = clock.monotonicUs();
    const reader = makeReader(this.totalBytes, this.lines);
    try {
      await this.read(reader);
    } catch (error) {
      throw startErrorOf(error, this.path);
    }
    this.lines.finished(reader);
    log("notice", `DB loaded from disk: ${((clock.monotonicUs() - began) / 1e6).toFixed(3)} seconds`);
    return reader;
  }

  private async read(reader: RdbReader): Promise<void> {
    const file = this.parts.disk.open(this.path, "read");
    try {
      const progress = (bytes: number, waitMs: number): Promise<void> => this.progress(bytes, waitMs);
      await loadSnapshot(file, this.totalBytes, reader, progress, this.parts.pace);
    } finally {
      file.close();
    }
  }

  private async progress(bytes: number, waitMs: number): Promise<void> {
    const { clock, isEnding } = this.parts;
    this.loadedBytes = bytes;
    await breathe(clock, waitMs);
    stopIfEnding(isEnding);
  }
}
