/**
 * The end of the replication stream as far as the log's files have it, for replicas that lack what the primary wrote last
 * before it was killed. It is collected while the files are loaded.
 *
 * The files do not have all of the stream (PING, REPLCONF GETACK and PUBLISH are for replicas alone), and they have what
 * the stream has not (the SELECT that a file begins with, where the stream is a primary's). So bytes between two marks
 * count only if the marks are just as far apart as the bytes are long; else everything up to the second mark is given up.
 * Nothing of the one kind is as long as something of the other, so that they cannot make up for each other. Where the id
 * changes between two marks the history has gone on under another name, so its offsets and bytes do as well.
 */

import type { Mark } from "../log/history.js";
import type { Disk, DiskFile } from "../platform/disk.js";

/** A stretch of commands in a file, without annotations. */
interface Stretch {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** More stretches than this are not remembered. */
const STRETCHES_MAX = 65_536;
/** So much of a file is read at once: stretches lie close to one another. */
const WINDOW_BYTES = 1024 * 1024;

export class StreamTail {
  /** Oldest first; those before `head` are given up. */
  private stretches: Stretch[] = [];
  private head = 0;
  private total = 0;
  /** What has come since the last mark. */
  private unmarked: Stretch[] = [];
  private unmarkedBytes = 0;
  private mark: Mark | null = null;

  /** Keeps the last `most` bytes, and up to a stretch more. */
  constructor(private readonly most: number) {}

  /** Commands come next in the stream: those in file[start..end). */
  add(path: string, start: number, end: number): void {
    if (start === end) return;
    this.unmarked.push({ path, start, end });
    this.unmarkedBytes += end - start;
  }

  /** The mark that everything up to here reaches; null: it is not known. */
  reached(mark: Mark | null): void {
    const last = this.mark;
    if (last !== null && mark !== null && mark.offset - last.offset === this.unmarkedBytes) this.keep();
    else this.clear();
    this.mark = mark;
    this.unmarked = [];
    this.unmarkedBytes = 0;
  }

  /** The bytes that end at the mark, as many as there are: none when the files end elsewhere. */
  read(disk: Disk, { replid, offset }: Mark): Buffer {
    if (this.unmarkedBytes > 0 || this.mark?.replid !== replid || this.mark.offset !== offset)
      return Buffer.alloc(0);
    const tail = Buffer.allocUnsafe(this.total);
    const reader = new StretchReader(disk);
    try {
      let length = 0;
      for (const stretch of this.stretches.slice(this.head)) length += reader.copy(stretch, tail, length);
    } finally {
      reader.close();
    }
    return tail;
  }

  private keep(): void {
    for (const stretch of this.unmarked) {
      this.stretches.push(stretch);
      this.total += stretch.end - stretch.start;
    }
    for (; this.head < this.stretches.length; this.head++) {
      const { start, end } = this.stretches[this.head]!;
      if (this.total - (end - start) < this.most && this.stretches.length - this.head <= STRETCHES_MAX) break;
      this.total -= end - start;
    }
    if (this.head < STRETCHES_MAX) return;
    this.stretches.splice(0, this.head);
    this.head = 0;
  }

  private clear(): void {
    this.stretches = [];
    this.head = 0;
    this.total = 0;
  }
}

/** Reads stretches that come in the order of their files. */
class StretchReader {
  private file: DiskFile | null = null;
  private readonly window = Buffer.allocUnsafe(WINDOW_BYTES);
  private start = 0;
  private end = 0;

  constructor(private readonly disk: Disk) {}

  /** Copies the stretch to `into`, at `at`, and returns its length. */
  copy({ path, start, end }: Stretch, into: Buffer, at: number): number {
    if (this.file?.path !== path) {
      this.close();
      this.file = this.disk.open(path, "read");
      this.end = 0;
    }
    for (let from = start; from < end; ) {
      if (from < this.start || from >= this.end) {
        this.start = from;
        this.end = from + this.file.read(this.window, from);
        if (this.end === from) throw new Error(`${path} has become shorter while it was read`);
      }
      const until = Math.min(end, this.end);
      this.window.copy(into, at + from - start, from - this.start, until - this.start);
      from = until;
    }
    return end - start;
  }

  close(): void {
    this.file?.close();
    this.file = null;
  }
}
