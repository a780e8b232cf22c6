/**
 * Going through a log file without applying it: where it is whole, what is damaged, what is good behind that. Used by
 * `tidemark check-aof`; a start does the same while it applies (file-load.ts).
 *
 * With seals (log/seal.ts) a damaged stretch lies between two of them, and the file is good again behind the second.
 * Without, it is good again where a command begins from which on commands follow one another.
 */

import { parseTimestamp } from "../log/seal.js";
import type { DiskFile } from "../platform/disk.js";
import type { Request } from "../resp/request.js";
import { latin1 } from "../util/ascii.js";
import { FormatError, INCOMPLETE, LogReader } from "./log-reader.js";
import { LogWindow } from "./log-window.js";
import { findSeals } from "./seal-checker.js";

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
  private readonly window: LogWindow;

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
  private afterTimestamp = -1;
  private readonly damages: Damage[] = [];
  private readonly saved: (Stretch & { database: number })[] = [];

  constructor(
    private readonly file: DiskFile,
    private readonly options: ScanOptions,
  ) {
    this.window = new LogWindow(file, options.start, options.size);
    this.from = options.start;
    this.whole = options.start;
  }

  run(): Scan {
    const { size } = this.options;
    for (;;) {
      const reason = this.stretch();
      if (reason === null || !this.skip(reason)) break;
    }
    if (this.okUpTo === -1) this.okUpTo = this.whole;
    else this.keep();
    const { okUpTo, linesOk, commands, damages, saved, afterTimestamp } = this;
    const { seals } = this.window.seals;
    return { size, okUpTo, lines: linesOk, commands, seals, damages, saved, afterTimestamp };
  }

  /** Goes on to the end (null), or to what makes no sense. */
  private stretch(): string | null {
    const { window, options } = this;
    do {
      options.onProgress?.(window.position);
      try {
        while (window.next()) {
          const problem = this.piece();
          if (problem !== null) return problem;
        }
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        return error.message;
      }
    } while (window.fill());
    if (window.hasMore) return `unexpected end of file inside a command, at ${window.position}`;
    return this.inside ? NO_EXEC : null;
  }

  /** Takes one command or annotation. Returns what is wrong with it, or null. */
  private piece(): string | null {
    const { window } = this;
    const problem = window.request.argc === 0 ? this.annotation() : this.command(window.request);
    if (problem !== null) return problem;
    window.take();
    if (!this.inside) {
      this.whole = window.position;
      if (this.okUpTo === -1) this.linesOk = this.lines;
    }
    return null;
  }

  private annotation(): string | null {
    const { window } = this;
    if (window.isSeal) return window.checkSeal() ? null : "the checksum does not match what comes before it";
    const { timestamp } = this.options;
    const noted = timestamp === undefined ? null : parseTimestamp(latin1(window.piece));
    if (noted !== null && noted > timestamp! && this.afterTimestamp === -1)
      this.afterTimestamp = window.position;
    return null;
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
    const { window } = this;
    const [seal] = findSeals(this.file, Math.min(window.position, this.whole), size);
    // What comes before a seal that does not match may be wrong anywhere since the last one that does.
    const start = seal === undefined ? this.whole : window.seals.sealedUntil;
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
    window.moveTo(next);
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
