/**
 * Going through a log file without applying it: where it is whole, what is damaged, what is good behind that. Used by
 * `tidemark check-aof`; a start does the same while it applies (file-load.ts).
 *
 * With seals (log/seal.ts) a damaged stretch lies between two of them, and the file is good again behind the second.
 * Without, it is good again where a command begins from which on commands follow one another.
 */

import { parseTimestamp, SEAL_PREFIX } from "../log/seal.js";
import type { DiskFile } from "../platform/disk.js";
import type { Request } from "../resp/request.js";
import { FormatError, INCOMPLETE, LogReader } from "./log-reader.js";
import { findSeals, SealChecker } from "./seal-checker.js";

/** file[start..end). */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A stretch that is not as it was written. */
export interface Damage extends Stretch {
  readonly reason: string;
}

/** What a log file holds. */
export interface Scan {
  readonly size: number;
  /** Up to here everything is whole, and right where there are seals. */
  readonly okUpTo: number;
  /** Lines of commands up to there, as redis-check-aof counts them: from 1, annotations left out. */
  readonly lines: number;
  readonly commands: number;
  readonly seals: number;
  /** What is wrong, in order; a file that ends in the middle of a unit ends in damage. */
  readonly damages: readonly Damage[];
  /** Whole units behind the first damage, and the database that was selected before each stretch as far as known. */
  readonly saved: readonly (Stretch & { readonly database: number })[];
  /** Where the first timestamp stands that is later than the one asked for; -1: there is none. */
  readonly afterTimestamp: number;
}

export interface ScanOptions {
  /** Where the commands begin: behind an RDB preamble. */
  readonly start: number;
  readonly size: number;
  /** Seconds since 1970: look for the first timestamp later than this. */
  readonly timestamp?: number;
  readonly onProgress?: (bytes: number) => void;
}

const BLOCK_BYTES = 1024 * 1024;
const LF = 10;
const NO_EXEC = "Reached EOF before reading EXEC for MULTI";
/** From so many commands in a row on it is no accident that they make sense. */
const RESYNC_COMMANDS = 3;

export function scanLog(file: DiskFile, options: ScanOptions): Scan {
  return new LogScan(file, options).run();
}

class LogScan {
  private readonly reader = new LogReader();
  private seals = new SealChecker();
  private buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  /** buffer[0] is at this place of the file; buffer[at..end) is not read yet. */
  private base: number;
  private at = 0;
  private end = 0;

  /** Where the stretch of good units began, and up to where there are whole ones. */
  private from: number;
  private whole: number;
  private inside = false;
  private database = 0;
  private databaseOfStretch = 0;

  private okUpTo = -1;
  private lines = 1;
  private linesOk = 1;
  private commands = 0;
  private sealsFound = 0;
  private afterTimestamp = -1;
  private readonly damages: Damage[] = [];
  private readonly saved: (Stretch & { database: number })[] = [];

  constructor(
    private readonly file: DiskFile,
    private readonly options: ScanOptions,
  ) {
    this.base = options.start;
    this.from = options.start;
    this.whole = options.start;
    this.seals.begin(options.start);
  }

  run(): Scan {
    const { size } = this.options;
    for (;;) {
      const reason = this.stretch();
      this.sealsFound += this.seals.seals;
      if (reason === null) break;
      if (!this.skip(reason)) break;
    }
    if (this.okUpTo === -1) this.okUpTo = this.whole;
    else this.keep();
    const { okUpTo, linesOk, commands, damages, saved, afterTimestamp } = this;
    return { size, okUpTo, lines: linesOk, commands, seals: this.sealsFound, damages, saved, afterTimestamp };
  }

  /** Reads on to the end (null), or to what makes no sense. */
  private stretch(): string | null {
    for (;;) {
      try {
        const next = this.reader.next(this.buffer, this.at, this.end);
        if (next !== INCOMPLETE) {
          const problem = this.piece(next);
          if (problem !== null) return problem;
          continue;
        }
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        return error.message;
      }
      if (this.fill()) continue;
      if (this.at < this.end) return `unexpected end of file inside a command, at ${this.base + this.at}`;
      return this.inside ? NO_EXEC : null;
    }
  }

  /** One command or annotation, up to `next`. Returns what is wrong with it, or null. */
  private piece(next: number): string | null {
    const { request } = this.reader;
    if (request.argc === 0) {
      const line = this.buffer.subarray(this.at, next);
      if (!this.annotation(line)) return "the checksum does not match what comes before it";
    } else {
      const problem = this.command(request);
      if (problem !== null) return problem;
    }
    this.at = next;
    if (!this.inside) {
      this.whole = this.base + next;
      if (this.okUpTo === -1) this.linesOk = this.lines;
    }
    return null;
  }

  private annotation(line: Buffer): boolean {
    const position = this.base + this.at;
    if (line.toString("latin1", 0, SEAL_PREFIX.length) === SEAL_PREFIX) {
      this.seals.take(this.unsealed());
      return this.seals.check(line);
    }
    const { timestamp } = this.options;
    const noted = timestamp === undefined ? null : parseTimestamp(line.toString("latin1"));
    if (noted !== null && noted > timestamp! && this.afterTimestamp === -1) this.afterTimestamp = position;
    return true;
  }

  private command(request: Request): string | null {
    this.commands++;
    this.lines += 1 + 2 * request.argc;
    const name = request.text(0).toLowerCase();
    if (name === "multi") {
      if (this.inside) return "Unexpected MULTI";
      this.inside = true;
    } else if (name === "exec") {
      if (!this.inside) return "Unexpected EXEC";
      this.inside = false;
    } else if (name === "select") this.database = Number(request.text(1));
    return null;
  }

  /** Notes the damage and goes on behind it; false when nothing good follows. */
  private skip(reason: string): boolean {
    const { size } = this.options;
    const here = this.base + this.at;
    const [seal] = findSeals(this.file, Math.min(here, this.whole), size);
    // What comes before a seal that does not match may be wrong anywhere since the last one that does.
    const start = seal === undefined ? this.whole : this.seals.sealedUntil;
    // Commands of a transaction that never ended are whole, but were not to take effect alone.
    const next = seal?.end ?? (reason === NO_EXEC ? null : this.resync(this.whole + 1));
    this.damages.push({ start, end: next ?? size, reason });
    if (this.okUpTo === -1) this.okUpTo = start;
    else {
      this.whole = Math.max(this.from, Math.min(this.whole, start));
      this.keep();
    }
    if (next === null) {
      this.from = size;
      this.whole = size;
      return false;
    }
    this.seals = new SealChecker();
    this.seals.begin(next);
    this.base = next;
    this.at = 0;
    this.end = 0;
    this.from = next;
    this.whole = next;
    this.inside = false;
    this.databaseOfStretch = this.database;
    return true;
  }

  /** What was good since the last damage is saved. */
  private keep(): void {
    if (this.whole > this.from)
      this.saved.push({ start: this.from, end: this.whole, database: this.databaseOfStretch });
  }

  /** Where commands begin again, from some place on; null when nowhere. */
  private resync(from: number): number | null {
    const { size } = this.options;
    const window = Buffer.allocUnsafe(BLOCK_BYTES);
    const reader = new LogReader();
    for (let at = from; at < size; ) {
      const length = this.file.read(window.subarray(0, size - at), at);
      const bytes = window.subarray(0, length);
      for (let star = bytes.indexOf("\n*"); star !== -1; star = bytes.indexOf("\n*", star + 1))
        if (makesSense(reader, bytes, star + 1, at + length === size)) return at + star + 1;
      if (at + length >= size) return null;
      at += Math.max(1, length - BLOCK_BYTES / 2);
    }
    return null;
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
    if (this.end === this.buffer.length) {
      const grown = Buffer.allocUnsafe(this.buffer.length * 2);
      this.buffer.copy(grown, 0, 0, this.end);
      this.buffer = grown;
    }
    const position = this.base + this.end;
    const room = this.buffer.subarray(this.end).subarray(0, this.options.size - position);
    const length = this.file.read(room, position);
    this.end += length;
    this.options.onProgress?.(this.base);
    return length > 0;
  }
}

/** Whether commands follow one another from there on. */
function makesSense(reader: LogReader, bytes: Buffer, start: number, isEnd: boolean): boolean {
  let at = start;
  try {
    for (let commands = 0; commands < RESYNC_COMMANDS; commands++) {
      if (at === bytes.length && isEnd) return commands > 0;
      const next = reader.next(bytes, at, bytes.length);
      if (next === INCOMPLETE) return commands > 0;
      if (bytes[next - 1] !== LF) return false;
      at = next;
    }
    return true;
  } catch {
    return false;
  }
}
