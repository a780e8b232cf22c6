/** Loading a snapshot from a file: a block of it at a time, with a turn of the event loop after each. */

import { systemReason } from "../config/kinds/directory.js";
import type { Mark } from "../log/history.js";
import type { Clock } from "../platform/clock.js";
import type { DiskFile } from "../platform/disk.js";
import { RdbError, RdbUnsupported } from "../snapshot/rdb/error.js";
import { AUX } from "../snapshot/rdb/format.js";
import type { RdbListener, RdbReader } from "../snapshot/rdb/reader.js";
import type { LogLine } from "../util/log-line.js";
import { StartError } from "./start-error.js";

const BLOCK_BYTES = 1024 * 1024;

/** How fast a snapshot is loaded. */
export interface LoadPace {
  /** After so many bytes clients are answered, or after a megabyte. */
  readonly blockBytes: number;
  /** Milliseconds to wait for each key. */
  readonly keyDelayMs: number;
}

const AT_ONCE: LoadPace = { blockBytes: BLOCK_BYTES, keyDelayMs: 0 };

/** Lets clients be answered, and waits for the sake of the pace. */
export function breathe(clock: Clock, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (waitMs > 0) clock.after(waitMs, resolve);
    else clock.endOfTurn(resolve);
  });
}

/** Makes the reader for a snapshot in a file of that size, which tells the listener what it finds. */
export type ReaderMaker = (size: number, listener: RdbListener) => RdbReader;

/**
 * Reads the snapshot that the file begins with and returns where it ends. `progress` gets the bytes read after each
 * block, and how long it is to wait for the sake of the pace. Rejects with an RdbError, and with what the disk throws.
 */
export async function loadSnapshot(
  file: DiskFile,
  size: number,
  reader: RdbReader,
  progress: (bytes: number, waitMs: number) => Promise<void>,
  { blockBytes, keyDelayMs }: LoadPace = AT_ONCE,
): Promise<number> {
  let buffer: Buffer = Buffer.allocUnsafe(Math.max(1, Math.min(BLOCK_BYTES, blockBytes, size)));
  let start = 0;
  let end = 0;
  try {
    while (!reader.done) {
      buffer.copyWithin(0, start, end);
      end -= start;
      start = 0;
      if (reader.needed > buffer.length) buffer = grown(buffer, end, reader.needed);
      const taken = file.read(buffer.subarray(end), reader.offset + end);
      if (taken === 0) throw new RdbError("unexpected end of the data", reader.offset + end);
      end += taken;
      if (end < reader.needed) continue;
      const before = reader.keysLoaded;
      start = reader.read(buffer, 0, end);
      await progress(reader.offset, keyDelayMs * (reader.keysLoaded - before));
    }
  } finally {
    reader.close();
  }
  return reader.offset;
}

/** A larger block with the same first bytes. */
function grown(buffer: Buffer, used: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(needed);
  buffer.copy(larger, 0, 0, used);
  return larger;
}

/** Why the server does not start on a file whose snapshot cannot be read. What is no fault of the file stays as it is. */
export function startErrorOf(error: unknown, path: string): unknown {
  if (!(error instanceof RdbError)) {
    if ((error as NodeJS.ErrnoException).code === undefined) return error;
    return new StartError(
      `Fatal error loading the DB: cannot read ${path}: ${systemReason(error)}. Nothing was changed.`,
    );
  }
  const what = `${path} ${error instanceof RdbUnsupported ? "holds" : "is damaged:"} ${error.describe()}`;
  const advice =
    error instanceof RdbUnsupported
      ? "Take that away on the server that wrote the file, or move the file to another directory."
      : `"tidemark check-rdb ${path}" tells more. Put a good copy back, or move the file to another directory.`;
  return new StartError(`Fatal error loading the DB: ${what}. Nothing was changed. ${advice}`);
}

/** Writes into the log what Redis writes about a snapshot that it reads. */
export class SnapshotLines implements RdbListener {
  /** Bytes of memory that the writer of the snapshot used. */
  usedMemory = 0;
  /** The database that the stream has selected where the snapshot was cut. */
  streamDatabase = 0;
  private replid = "";
  private offset = Number.NaN;

  constructor(
    private readonly clock: Clock,
    private readonly log: LogLine,
  ) {}

  field(name: string, value: string): void {
    switch (name) {
      case AUX.VERSION:
        this.log("notice", `Loading RDB produced by version ${printable(value)}`);
        return;
      case AUX.CREATED: {
        const age = Math.floor(this.clock.now() / 1000) - Number.parseInt(value, 10);
        this.log("notice", `RDB age ${Math.max(0, age || 0)} seconds`);
        return;
      }
      case AUX.USED_MEMORY:
        this.usedMemory = Number.parseInt(value, 10) || 0;
        this.log("notice", `RDB memory usage when created ${(this.usedMemory / 1024 ** 2).toFixed(2)} Mb`);
        return;
      case AUX.AOF_BASE:
        if (value === "1") this.log("notice", "RDB is base AOF");
        return;
      case AUX.REPL_ID:
        this.replid = value;
        return;
      case AUX.REPL_OFFSET:
        this.offset = Number.parseInt(value, 10);
        return;
      case AUX.REPL_DATABASE:
        this.streamDatabase = Math.max(0, Number.parseInt(value, 10) || 0);
        return;
      case AUX.BITS:
        return;
      default:
        this.log("debug", `Unrecognized RDB AUX field: '${printable(name)}'`);
    }
  }

  /** Where in a history the snapshot was taken; null when it does not say. */
  get mark(): Mark | null {
    const { replid, offset } = this;
    return /^[0-9a-f]{40}$/.test(replid) && offset >= 0 ? { replid, offset } : null;
  }

  /** The snapshot has been read. */
  finished({ checksum, keysLoaded, keysExpired, emptyKeys }: RdbReader): void {
    if (checksum === "absent")
      this.log("notice", "RDB file was saved with checksum disabled: no check performed.");
    const empty = emptyKeys === 0 ? "" : `, empty keys skipped: ${emptyKeys}`;
    this.log("notice", `Done loading RDB, keys loaded: ${keysLoaded}, keys expired: ${keysExpired}${empty}.`);
  }
}

/** Text from a file that can go into the log. */
function printable(text: string): string {
  return text.replace(/[^ -~]/g, "?").slice(0, 256);
}
