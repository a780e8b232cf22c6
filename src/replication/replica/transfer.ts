/**
 * A full resync as its receiver sees it: the snapshot comes over the link and becomes the dataset.
 *
 * It goes into a file first, which is loaded when it is whole (`repl-diskless-load disabled`), or straight into the
 * dataset. The old dataset is dropped at the last moment that the mode allows: when the file is whole, and was found
 * good as it came; with `swapdb` when the new dataset is whole; with `on-empty-db` there is none. So whatever breaks before
 * that leaves it as it was, and with it the place in its history from which a partial resync may still be possible.
 */

import { join } from "node:path";
import type { Values } from "../../config/table.js";
import { removeQuietly } from "../../persistence/durable-file.js";
import { loadSnapshot } from "../../persistence/snapshot-load.js";
import type { Chance } from "../../platform/chance.js";
import type { Clock } from "../../platform/clock.js";
import type { Disk, DiskFile } from "../../platform/disk.js";
import { RdbError } from "../../snapshot/rdb/error.js";
import { RdbFeed } from "../../snapshot/rdb/feed.js";
import { inspect } from "../../snapshot/rdb/inspection.js";
import type { RdbReader } from "../../snapshot/rdb/reader.js";
import type { LogLine } from "../../util/log-line.js";
import type { FollowedDataset, RestoreMode, Restoring } from "./dataset.js";
import { Frame, type SnapshotSink } from "./frame.js";

export interface TransferParts {
  readonly values: Readonly<Values>;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly pid: number;
  readonly dataset: FollowedDataset;
  readonly log: LogLine;
}

/** What becomes of a snapshot that is being received. */
interface Receiver extends SnapshotSink {
  /** All of it has come: it becomes the dataset. `alive` is called while that takes its time. */
  finish(alive: () => void): Promise<Restoring>;
  abandon(): void;
}

export interface TransferChoice {
  /** Whether the snapshot is of the history that the dataset is of: then it is worth serving meanwhile. */
  readonly sameHistory: boolean;
  /** The dataset is about to be replaced. */
  readonly replacing: () => void;
}

export class Transfer {
  /** When bytes came last, milliseconds since 1970. */
  lastIoMs: number;
  private receiver: Receiver;

  private constructor(
    private readonly frame: Frame,
    /** How it becomes the dataset; null: by way of a file. */
    readonly mode: RestoreMode | null,
    private readonly parts: TransferParts,
    choice: TransferChoice,
  ) {
    this.lastIoMs = parts.clock.now();
    const target = mode === null ? "disk" : "parser";
    parts.log(
      "notice",
      frame.isStreamed
        ? `MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to ${target}`
        : `MASTER <-> REPLICA sync: receiving ${frame.length} bytes from master to ${target}`,
    );
    this.receiver =
      mode === null
        ? new FileReceiver(parts, frame.length, choice.replacing)
        : new DirectReceiver(parts, mode, frame.length, choice.replacing);
  }

  /** Null when the line announces no snapshot. Throws what the disk throws. */
  static of(line: string, parts: TransferParts, choice: TransferChoice): Transfer | null {
    const frame = Frame.of(line);
    return frame === null ? null : new Transfer(frame, modeOf(parts, choice), parts, choice);
  }

  get done(): boolean {
    return this.frame.done;
  }

  /** Bytes of the whole; 0 when that is not known. */
  get totalBytes(): number {
    return this.frame.isStreamed ? 0 : this.frame.length;
  }

  get receivedBytes(): number {
    return this.frame.received;
  }

  /** Takes bytes[start, end) and returns where the snapshot has ended in them, if it has. Throws when it is broken. */
  take(bytes: Buffer, start: number, end: number): number {
    this.lastIoMs = this.parts.clock.now();
    return this.frame.take(bytes, start, end, this.receiver);
  }

  finish(alive: () => void): Promise<Restoring> {
    return this.receiver.finish(alive);
  }

  abandon(): void {
    this.receiver.abandon();
  }
}

/** Null: by way of a file. */
function modeOf({ values, dataset }: TransferParts, { sameHistory }: TransferChoice): RestoreMode | null {
  switch (values["repl-diskless-load"]) {
    case "swapdb":
      return sameHistory ? "serve" : "keep";
    case "on-empty-db":
      return dataset.isEmpty ? "replace" : null;
    default:
      return null;
  }
}

class FileReceiver implements Receiver {
  private readonly path: string;
  private readonly file: DiskFile;
  private readonly check: Whole;
  private isOpen = true;

  constructor(
    private readonly parts: TransferParts,
    size: number,
    private readonly replacing: () => void,
  ) {
    const { values, disk, clock, chance, pid } = parts;
    const database = (index: number): void => {
      if (index < values.databases) return;
      throw new RdbError(
        `database ${index}, where this server has ${values.databases} (set 'databases')`,
        reader.offset,
      );
    };
    // While it comes, and not by loading it: what cannot be loaded must not cost the data that there is.
    const reader = inspect({ size, chance, sanitize: false }, { database });
    this.check = new Whole(reader);
    this.path = join(values.dir, `temp-${Math.floor(clock.now() / 1000)}.${pid}.rdb`);
    this.file = disk.open(this.path, "create");
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) at += this.file.write(bytes, at, end);
    this.check.push(bytes, start, end);
  }

  async finish(alive: () => void): Promise<Restoring> {
    const { values, disk, log } = this.parts;
    const target = join(values.dir, values.dbfilename);
    let size: number;
    try {
      this.check.end();
      await this.file.sync();
      this.close();
      size = disk.stat(this.path)?.bytes ?? 0;
      disk.rename(this.path, target);
      disk.syncDirectoryOf(target);
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.replacing();
    log("notice", "MASTER <-> REPLICA sync: Flushing old data");
    const restoring = this.parts.dataset.restore("replace", size);
    log("notice", "MASTER <-> REPLICA sync: Loading DB in memory");
    try {
      await this.load(target, size, restoring, alive);
    } catch (error) {
      restoring.abandon();
      throw error;
    }
    restoring.finished();
    restoring.complete();
    if (values["rdb-del-sync-files"] && !values.appendonly && values.save.length === 0) {
      log("notice", "Removing the RDB file obtained from the master. This replica has persistence disabled");
      removeQuietly(disk, target);
    }
    return restoring;
  }

  abandon(): void {
    if (!this.isOpen) return;
    this.close();
    removeQuietly(this.parts.disk, this.path);
  }

  private async load(path: string, size: number, restoring: Restoring, alive: () => void): Promise<void> {
    const { disk, clock, values } = this.parts;
    const file = disk.open(path, "read");
    try {
      const progress = (bytes: number, waitMs: number): Promise<void> => {
        restoring.loadedBytes = bytes;
        alive();
        return new Promise((resolve) => {
          if (waitMs >= 1) clock.after(waitMs, resolve);
          else clock.endOfTurn(resolve);
        });
      };
      const pace = {
        blockBytes: values["loading-process-events-interval-bytes"],
        keyDelayMs: values["key-load-delay"] / 1000,
      };
      await loadSnapshot(file, size, restoring.reader, progress, pace);
    } finally {
      file.close();
    }
  }

  private close(): void {
    this.isOpen = false;
    this.file.close();
  }
}

/** Straight into the dataset: as much as has come is read at once, in the window of the link's read. */
class DirectReceiver implements Receiver {
  private readonly restoring: Restoring;
  private readonly whole: Whole;
  private isOver = false;

  constructor(
    parts: TransferParts,
    private readonly mode: RestoreMode,
    size: number,
    private readonly replacing: () => void,
  ) {
    if (mode === "replace") {
      replacing();
      parts.log("notice", "MASTER <-> REPLICA sync: Flushing old data");
    }
    parts.log("notice", "MASTER <-> REPLICA sync: Loading DB in memory");
    this.restoring = parts.dataset.restore(mode, size);
    this.whole = new Whole(this.restoring.reader);
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    this.whole.push(bytes, start, end);
    this.restoring.loadedBytes = this.restoring.reader.offset;
  }

  async finish(): Promise<Restoring> {
    this.whole.end();
    this.isOver = true;
    this.restoring.finished();
    if (this.mode !== "replace") this.replacing();
    this.restoring.complete();
    return this.restoring;
  }

  abandon(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.restoring.abandon();
  }
}

/** Reads as much of a snapshot as has come, which must be one and nothing else. Throws an RdbError otherwise. */
class Whole {
  private readonly feed: RdbFeed;

  constructor(private readonly reader: RdbReader) {
    this.feed = new RdbFeed(reader);
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    const { reader } = this;
    const at = reader.done ? start : this.feed.push(bytes, start, end);
    if (at < end) throw new RdbError("more bytes behind the end of the snapshot", reader.offset);
  }

  /** No more will come. */
  end(): void {
    const { done, offset } = this.reader;
    if (!done) throw new RdbError("unexpected end of the data", offset);
  }
}
