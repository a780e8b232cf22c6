/**
 * The end of the replication stream, kept for replicas that come back: the log's own blocks, held and not copied.
 *
 * The live feed and a partial resync are the same thing here: a replica is a cursor into this, whether it is a byte
 * behind or a hundred megabytes. So what a slow replica has yet to get is not a buffer of its own; it only keeps the
 * backlog from being trimmed.
 *
 * Blocks that adjoin in memory become one run, which holds the first of them: a backlog of any size has about as many
 * runs as it has segments of the log. What is trimmed is whole runs, so it keeps at least `repl-backlog-size` bytes,
 * and up to a segment more that would be occupied anyhow; all that is there can be asked for.
 *
 * Offsets count bytes from 0: the byte with offset n is the one that the offset n + 1 is behind. PSYNC and INFO count
 * from 1.
 */

import type { LogBlock } from "../../log/block.js";
import type { Log } from "../../log/log.js";

/** A piece of the stream that lies in one piece of memory. */
class Run {
  constructor(
    /** The first of the blocks that lie here, the one that is held. */
    readonly block: LogBlock,
    readonly bytes: Buffer,
    /** Where the bytes lie. */
    readonly start: number,
    public end: number,
    /** The stream's offset before the first byte. */
    readonly offset: number,
  ) {}

  get endOffset(): number {
    return this.offset + this.end - this.start;
  }
}

/** Trimmed runs stay at the front of the array until there are this many. */
const COMPACT_AT = 64;
/** Of what is recalled so much goes into the log at a time. */
const RECALLED_BYTES = 64 * 1024;

export class Backlog {
  private runs: Run[] = [];
  private head = 0;
  /** Runs trimmed so far: a cursor finds its run by the number that it has among all. */
  private trimmed = 0;

  constructor(
    private readonly log: Log,
    /** The first byte that is kept: what comes before it is passed over. */
    private start: number,
  ) {}

  /** One that has the end of a stream already: the bytes before the offset, where the log goes on. */
  static recalled(log: Log, offset: number, tail: Uint8Array): Backlog {
    log.startAt(offset - tail.length);
    const backlog = new Backlog(log, log.offset);
    for (let at = 0; at < tail.length; at += RECALLED_BYTES)
      log.appendStream(tail, at, Math.min(tail.length, at + RECALLED_BYTES), -1, false);
    for (let block = log.take(); block !== null; block = log.take()) backlog.add(block);
    return backlog;
  }

  /** The offset of the oldest byte that is kept. */
  get startOffset(): number {
    return this.start;
  }

  /** The offset behind the last byte that the log has handed over. */
  get endOffset(): number {
    return this.runs[this.runs.length - 1]?.endOffset ?? this.start;
  }

  get length(): number {
    return this.endOffset - this.start;
  }

  /** The next block of the stream; its hold goes over to the backlog. */
  add(block: LogBlock): void {
    const skipped = Math.max(0, this.start - block.startOffset);
    const last = this.runs[this.runs.length - 1];
    if (skipped >= block.length) {
      this.log.release(block);
    } else if (last !== undefined && last.bytes === block.bytes && last.end === block.start) {
      last.end = block.end;
      this.log.release(block);
    } else {
      this.runs.push(
        new Run(block, block.bytes, block.start + skipped, block.end, block.startOffset + skipped),
      );
    }
  }

  /** Gives up the oldest bytes: those before `needed` that are not among the last `size`. */
  trim(size: number, needed: number): void {
    while (this.head < this.runs.length - 1) {
      const run = this.runs[this.head]!;
      if (run.endOffset > needed || this.endOffset - run.endOffset < size) break;
      this.head++;
      this.trimmed++;
      this.start = run.endOffset;
      this.log.release(run.block);
    }
    if (this.head < COMPACT_AT) return;
    this.runs.splice(0, this.head);
    this.head = 0;
  }

  /** Moves the cursor over what lies in one piece, `most` bytes at most; false at the end of the stream. */
  read(cursor: Cursor, most: number): boolean {
    const run = this.runOf(cursor);
    if (run === null) return false;
    cursor.bytes = run.bytes;
    cursor.start = run.start + cursor.offset - run.offset;
    cursor.end = Math.min(run.end, cursor.start + most);
    cursor.offset += cursor.end - cursor.start;
    return true;
  }

  /** Gives all memory back. */
  clear(): void {
    for (const run of this.runs.slice(this.head)) this.log.release(run.block);
    this.start = this.endOffset;
    this.runs = [];
    this.head = 0;
  }

  private runOf(cursor: Cursor): Run | null {
    let at = Math.max(cursor.run - this.trimmed, 0) + this.head;
    // A new cursor begins at the front; from there it only moves on. The last run may still grow.
    while (at < this.runs.length - 1 && this.runs[at]!.endOffset <= cursor.offset) at++;
    cursor.run = at - this.head + this.trimmed;
    const run = this.runs[at];
    return run === undefined || run.endOffset <= cursor.offset ? null : run;
  }
}

const NO_BYTES = Buffer.alloc(0);

/** How far one reader is, and what it has read last: `bytes[start..end)`. */
export class Cursor {
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;
  /** The number of the run where it was last, among all that ever were. */
  run = 0;

  constructor(public offset: number) {}
}
