/**
 * A window over a log file: the bytes of it that are read and not taken yet. Whoever goes through such a file looks
 * through one, whether to apply it (file-load.ts), to check it (log-scan.ts), to find a moment in it (log-walk.ts) or to
 * copy it (layout.ts): it finds the piece that comes next, a command or an annotation, reads on where the window ends
 * inside of one, and holds what has been taken against the seals.
 *
 *     do {
 *       for (; window.next(); window.take()) ...
 *     } while (window.fill());
 */

import { SEAL_PREFIX } from "../log/seal.js";
import type { DiskFile } from "../platform/disk.js";
import type { Request } from "../resp/request.js";
import { isSnapshot } from "./empty-snapshot.js";
import { FormatError, INCOMPLETE, LogReader } from "./log-reader.js";
import { SealChecker } from "./seal-checker.js";

const BLOCK_BYTES = 1024 * 1024;

export class LogWindow {
  readonly seals = new SealChecker();
  private readonly reader = new LogReader();
  /** The command that `next` has found, valid until `fill`; no arguments: it is an annotation. */
  readonly request: Request = this.reader.request;
  private buffer: Buffer;
  /** Where buffer[0] is in the file; buffer[at..end) is not taken yet, and a piece of it ends at `pieceEnd`. */
  private base: number;
  private at = 0;
  private end = 0;
  private pieceEnd = 0;

  /** Sees file[start..size), nothing of it at first. */
  constructor(
    private readonly file: DiskFile,
    start: number,
    private readonly size: number,
  ) {
    this.buffer = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, Math.max(size - start, 1)));
    this.base = start;
    this.seals.begin(start);
  }

  /** Where the piece that comes next begins in the file. */
  get position(): number {
    return this.base + this.at;
  }

  /** Whether bytes are in the window that have not been taken. */
  get hasMore(): boolean {
    return this.at < this.end;
  }

  /** Finds the next piece; false when it does not end in the window. Throws a FormatError where there is none. */
  next(): boolean {
    this.pieceEnd = this.reader.next(this.buffer, this.at, this.end);
    return this.pieceEnd !== INCOMPLETE;
  }

  /** The bytes of the piece that `next` has found, valid until `fill`. */
  get piece(): Buffer {
    return this.buffer.subarray(this.at, this.pieceEnd);
  }

  get isSeal(): boolean {
    if (this.request.argc > 0) return false;
    return this.buffer.toString("latin1", this.at, this.at + SEAL_PREFIX.length) === SEAL_PREFIX;
  }

  /** Whether the piece, a seal, matches what was taken since the seal before it. */
  checkSeal(): boolean {
    this.sum();
    return this.seals.check(this.piece);
  }

  /** Goes on behind the piece. */
  take(): void {
    this.at = this.pieceEnd;
  }

  /** Reads on; false at the end of the file. */
  fill(): boolean {
    this.sum();
    this.buffer.copyWithin(0, this.at, this.end);
    this.base += this.at;
    this.end -= this.at;
    this.at = 0;
    const position = this.base + this.end;
    if (position >= this.size) return false;
    if (this.end === this.buffer.length) this.grow();
    const room = this.buffer.subarray(this.end, this.end + this.size - position);
    const length = this.file.read(room, position);
    this.end += length;
    return length > 0;
  }

  /** Leaves out everything up to `position`, where checking begins anew. */
  moveTo(position: number): void {
    this.base = position;
    this.at = 0;
    this.end = 0;
    this.seals.begin(position);
  }

  /** Whether what is in the window is the beginning of a snapshot. */
  get isSnapshot(): boolean {
    return isSnapshot(this.buffer.subarray(this.at, this.end));
  }

  /** Whether the file would end inside of the next piece, in the window, if it ended at `position`. */
  isCutShortAt(position: number): boolean {
    const end = position - this.base;
    if (end < this.at || end >= this.end) return false;
    try {
      return this.reader.next(this.buffer, this.at, end) === INCOMPLETE;
    } catch (error) {
      if (error instanceof FormatError) return false;
      throw error;
    }
  }

  private grow(): void {
    const grown = Buffer.allocUnsafe(Math.min(this.buffer.length * 2, this.size - this.base));
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
  }

  /** Takes what was passed over into the checksum. */
  private sum(): void {
    this.seals.take(this.buffer.subarray(this.seals.position - this.base, this.at));
  }
}
