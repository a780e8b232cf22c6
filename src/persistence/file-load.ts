/** Loading one file of the log. What a crash may leave, and what is damage: see recovery.ts. */

import type { Clock } from "../platform/clock.js";
import type { DiskFile } from "../platform/disk.js";
import type { Request } from "../resp/request.js";
import type { AofDirectory, LogLine } from "./directory.js";
import { isSnapshot } from "./empty-snapshot.js";
import { FormatError, INCOMPLETE, LogReader } from "./log-reader.js";
import type { ManifestFile } from "./manifest.js";
import { type Replay, UnknownCommand } from "./replay.js";
import { loadSnapshot, SnapshotLines, startErrorOf } from "./snapshot-load.js";
import { StartError } from "./start-error.js";
import { cutTail, startOfTrailingZeros } from "./torn-tail.js";

export interface RecoveryParts {
  readonly directory: AofDirectory;
  readonly clock: Clock;
  readonly replay: Replay;
  /** The directive `aof-load-truncated`. */
  readonly loadTruncated: boolean;
  readonly log: LogLine;
}

const BLOCK_BYTES = 1024 * 1024;

/** One file on its way into the engine. */
export class FileLoad {
  private readonly reader = new LogReader();
  private buffer: Buffer;
  /** What is not applied yet: buffer[at..end). */
  private at = 0;
  private end = 0;
  /** Where buffer[0] is in the file. */
  private bufferOffset = 0;
  /** Up to here the file holds whole units. */
  private wholeUntil = 0;

  constructor(
    private readonly handle: DiskFile,
    private readonly size: number,
    private readonly file: ManifestFile,
    private readonly isLast: boolean,
    private readonly parts: RecoveryParts,
  ) {
    this.buffer = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, Math.max(size, 1)));
  }

  /** Applies the file and returns the length that counts. */
  async run(progress: (bytes: number) => Promise<void>): Promise<number> {
    this.parts.replay.beginFile();
    if (this.fill() && isSnapshot(this.buffer, this.end)) await this.loadSnapshot(progress);
    do {
      this.applyWhole();
      await progress(this.offset);
    } while (this.fill());
    if (this.wholeUntil < this.size) this.incompleteEnd();
    return this.wholeUntil;
  }

  /** Where the next command starts in the file. */
  private get offset(): number {
    return this.bufferOffset + this.at;
  }

  private get path(): string {
    return this.parts.directory.pathOf(this.file.name);
  }

  /** Moves what is left to the front and reads on behind it; false at the end of the file. */
  private fill(): boolean {
    this.buffer.copyWithin(0, this.at, this.end);
    this.bufferOffset += this.at;
    this.end -= this.at;
    this.at = 0;
    if (this.end === this.buffer.length) this.grow();
    const length = this.handle.read(this.buffer.subarray(this.end), this.bufferOffset + this.end);
    this.end += length;
    return length > 0;
  }

  private grow(): void {
    const room = Math.min(this.buffer.length * 2, this.size - this.bufferOffset + 1);
    const grown = Buffer.allocUnsafe(Math.max(room, this.buffer.length + 1));
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
  }

  private applyWhole(): void {
    const { reader, parts } = this;
    for (;;) {
      let next: number;
      try {
        next = reader.next(this.buffer, this.at, this.end);
      } catch (error) {
        if (error instanceof FormatError && this.endsInZeros()) return;
        throw error instanceof FormatError ? this.badFormat(error.message) : error;
      }
      if (next === INCOMPLETE) return;
      if (reader.request.argc > 0) this.apply(reader.request);
      this.at = next;
      if (!parts.replay.insideTransaction()) this.wholeUntil = this.offset;
    }
  }

  private apply(request: Request): void {
    try {
      this.parts.replay.apply(request);
    } catch (error) {
      if (!(error instanceof UnknownCommand)) throw error;
      throw new StartError(
        `Unknown command '${error.command}' reading the append only file ${this.file.name}, at offset ${this.offset} ` +
          `of ${this.path}. Nothing was changed. Start a server that has this command, or remove the command from a ` +
          "copy of the file.",
      );
    }
  }

  /** Whether the file is damaged only in that it ends in zeros, with an incomplete command before them. */
  private endsInZeros(): boolean {
    if (!this.isLast) return false;
    const zeros = startOfTrailingZeros(this.handle, this.size) - this.bufferOffset;
    if (zeros >= this.end || zeros < this.at) return false;
    try {
      if (this.reader.next(this.buffer, this.at, zeros) !== INCOMPLETE) return false;
    } catch {
      return false;
    }
    // Nothing behind counts: the loop is to find the end of the file next.
    this.at = this.end = 0;
    this.bufferOffset = this.size;
    return true;
  }

  private incompleteEnd(): void {
    const { parts, file, size, wholeUntil } = this;
    if (!this.isLast) {
      throw new StartError(
        `Fatal error: the truncated file is not the last file: ${this.path} ends inside a command that begins at ` +
          `offset ${wholeUntil}. Nothing was changed. Put a complete copy of the file back.`,
      );
    }
    if (!parts.loadTruncated) {
      throw new StartError(
        `Unexpected end of file reading the append only file ${file.name}. You can: 1) Make a backup of your AOF ` +
          `file, then use ./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the ` +
          `'aof-load-truncated' configuration option to yes and restart the server. (${this.path} is whole up to ` +
          `offset ${wholeUntil} of ${size}.)`,
      );
    }
    const kept = cutTail(parts.directory.disk, this.path, wholeUntil, parts.clock.now());
    const what = parts.replay.insideTransaction() ? "a MULTI without its EXEC" : "an incomplete command";
    parts.log(
      "warning",
      `!!! Truncating the AOF ${file.name} at offset ${wholeUntil} !!! It ended in ${what}; the ${size - wholeUntil} ` +
        `bytes that were cut off are kept in ${kept}`,
    );
    parts.replay.beginFile();
  }

  private badFormat(reason: string): StartError {
    return new StartError(
      `Bad file format reading the append only file ${this.file.name}: make a backup of your AOF file, then use ` +
        `./redis-check-aof --fix <filename.manifest>. (${this.path}: ${reason} in what begins at offset ` +
        `${this.offset}. Nothing was changed; --fix drops everything from there on.)`,
    );
  }

  /** Loads the snapshot that the file begins with; commands may follow. */
  private async loadSnapshot(progress: (bytes: number) => Promise<void>): Promise<void> {
    const { clock, replay, log } = this.parts;
    const lines = new SnapshotLines(clock, log);
    log("notice", "Reading RDB base file on AOF loading...");
    const reader = replay.readSnapshot(this.size, lines);
    let length: number;
    try {
      length = await loadSnapshot(this.handle, this.size, reader, progress);
    } catch (error) {
      throw startErrorOf(error, this.path);
    }
    lines.finished(reader);
    this.at = this.end = 0;
    this.bufferOffset = length;
    this.wholeUntil = length;
    this.fill();
  }
}
