/**
 * Going through a log file, piece by piece, without applying it. A file that ends in the middle of a unit is taken to
 * end before it, as a start would; anything else that is not as it was written throws.
 */

import { SEAL_PREFIX } from "../log/seal.js";
import type { DiskFile } from "../platform/disk.js";
import type { Request } from "../resp/request.js";
import { FormatError, INCOMPLETE, LogReader } from "./log-reader.js";
import { SealChecker } from "./seal-checker.js";

/** A command or an annotation. */
export interface LogPiece {
  /** The command, valid until the next piece; null: it is an annotation. */
  readonly request: Request | null;
  /** The annotation with its line end. */
  readonly line: string;
  /** Where the unit begins that it belongs to: its own beginning, or that of its MULTI. */
  readonly unit: number;
  /** Where it ends in the file. */
  readonly end: number;
}

/** What is wrong with a log file, and from where on. */
export class LogDamage extends Error {
  constructor(
    reason: string,
    readonly offset: number,
  ) {
    super(reason);
  }
}

const BLOCK_BYTES = 1024 * 1024;

/** The pieces of file[start..size), whose whole units end at `whole` when all have been taken. Throws LogDamage. */
export class LogWalk {
  /** The end of the last whole unit. */
  whole: number;
  private readonly reader = new LogReader();
  private readonly seals = new SealChecker();
  private buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  /** buffer[0] is at this place of the file; buffer[at..end) is not read yet. */
  private base: number;
  private at = 0;
  private end = 0;
  private inside = false;

  constructor(
    private readonly file: DiskFile,
    start: number,
    private readonly size: number,
  ) {
    this.base = start;
    this.whole = start;
    this.seals.begin(start);
  }

  *pieces(): Generator<LogPiece> {
    const { request } = this.reader;
    for (;;) {
      const next = this.next();
      if (next === INCOMPLETE) {
        if (this.fill()) continue;
        return;
      }
      const isCommand = request.argc > 0;
      const line = isCommand ? "" : this.buffer.toString("latin1", this.at, next);
      if (line.startsWith(SEAL_PREFIX)) this.checkSeal(next);
      const unit = this.whole;
      if (isCommand) this.follow(request);
      this.at = next;
      if (!this.inside) this.whole = this.base + next;
      yield { request: isCommand ? request : null, line, unit, end: this.base + next };
    }
  }

  private next(): number {
    try {
      return this.reader.next(this.buffer, this.at, this.end);
    } catch (error) {
      if (error instanceof FormatError) throw new LogDamage(error.message, this.whole);
      throw error;
    }
  }

  private checkSeal(next: number): void {
    this.seals.take(this.unsealed());
    if (!this.seals.check(this.buffer.subarray(this.at, next)))
      throw new LogDamage("the checksum does not match what comes before it", this.seals.sealedUntil);
  }

  private follow(request: Request): void {
    const name = request.text(0).toLowerCase();
    if (name === "multi") this.inside = true;
    else if (name === "exec") this.inside = false;
  }

  private unsealed(): Buffer {
    return this.buffer.subarray(this.seals.position - this.base, this.at);
  }

  private fill(): boolean {
    this.seals.take(this.unsealed());
    this.buffer.copyWithin(0, this.at, this.end);
    this.base += this.at;
    this.end -= this.at;
    this.at = 0;
    if (this.end === this.buffer.length)
      this.buffer = Buffer.concat([this.buffer, Buffer.allocUnsafe(this.buffer.length)]);
    const position = this.base + this.end;
    const length = this.file.read(this.buffer.subarray(this.end).subarray(0, this.size - position), position);
    this.end += length;
    return length > 0;
  }
}
