/**
 * The two forms in which a primary sends a snapshot: `$<length>`, when it has it in a file, and `$EOF:<mark>`, when it is
 * made while it is sent: then the mark, 40 random characters, comes again behind it.
 */

const MARK_BYTES = 40;

/** Where a snapshot goes, a piece at a time. */
export interface SnapshotSink {
  /** Takes bytes[start, end), which are valid during the call. Throws when they are of no use. */
  write(bytes: Uint8Array, start: number, end: number): void;
}

/** How a snapshot comes, from the line that announces it. */
export class Frame {
  /** Bytes of the snapshot that have come. */
  received = 0;
  done = false;
  /** The last bytes that have come, which may be the mark; they have not been passed on. */
  private held = Buffer.alloc(0);

  private constructor(
    /** Bytes of the whole, Infinity when it ends with a mark. */
    readonly length: number,
    private readonly mark: Buffer | null,
  ) {
    this.done = length === 0;
  }

  /** Null when the line announces no snapshot. */
  static of(line: string): Frame | null {
    if (line.startsWith("$EOF:") && line.length >= 5 + MARK_BYTES)
      return new Frame(Number.POSITIVE_INFINITY, Buffer.from(line.slice(5, 5 + MARK_BYTES), "latin1"));
    return /^\$\d{1,15}$/.test(line) ? new Frame(Number(line.slice(1)), null) : null;
  }

  get isStreamed(): boolean {
    return this.mark !== null;
  }

  /** Passes bytes[start, end) on and returns where the snapshot has ended in them, if it has. */
  take(bytes: Buffer, start: number, end: number, sink: SnapshotSink): number {
    return this.mark === null
      ? this.takeLength(bytes, start, end, sink)
      : this.takeMarked(bytes, start, end, this.mark, sink);
  }

  private takeLength(bytes: Buffer, start: number, end: number, sink: SnapshotSink): number {
    const until = Math.min(end, start + this.length - this.received);
    this.received += until - start;
    sink.write(bytes, start, until);
    this.done = this.received === this.length;
    return until;
  }

  /** Nothing follows the mark before the replica has acknowledged it, so it is the end of what has come. */
  private takeMarked(bytes: Buffer, start: number, end: number, mark: Buffer, sink: SnapshotSink): number {
    const all = Buffer.concat([this.held, bytes.subarray(start, end)]);
    const rest = Math.max(0, all.length - MARK_BYTES);
    if (rest > 0) sink.write(all, 0, rest);
    this.received += rest;
    this.held = all.subarray(rest);
    this.done = this.held.equals(mark);
    return end;
  }
}
