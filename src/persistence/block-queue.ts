/** What is on its way into the file, in order: what waits to be written, or is kept until it is synced. */

/** Bytes that go into the file in one piece: a block of the log, or an annotation. */
export interface Piece {
  /** The piece is `bytes[start..end)`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly length: number;
  /** The log's offset behind it. */
  readonly endOffset: number;
  /** Whether it lies right behind `previous` in memory. */
  follows(previous: Piece): boolean;
}

/** Taken pieces stay at the front of the array until there are this many. */
const COMPACT_AT = 1024;
/** The most runs that are handed to the system in one call. */
const RUNS_MAX = 64;

export class BlockQueue {
  private pieces: Piece[] = [];
  private head = 0;
  private total = 0;

  /** Bytes in the queue that are for the file. */
  get bytes(): number {
    return this.total;
  }

  get isEmpty(): boolean {
    return this.head === this.pieces.length;
  }

  /** The oldest piece; undefined when the queue is empty. */
  get first(): Piece | undefined {
    return this.pieces[this.head];
  }

  push(piece: Piece): void {
    this.pieces.push(piece);
    this.total += piece.length;
  }

  /** Takes the oldest piece out. */
  shift(): Piece {
    const piece = this.pieces[this.head++]!;
    this.total -= piece.length;
    if (this.head === this.pieces.length || this.head === COMPACT_AT) {
      this.pieces.splice(0, this.head);
      this.head = 0;
    }
    return piece;
  }

  /** Where the bytes end that lie in one piece with the first one. */
  get endOfRun(): number {
    return this.pieces[this.endOfRunFrom(this.head) - 1]!.end;
  }

  /** Whether all of it lies in one piece in memory. */
  get isOneRun(): boolean {
    return this.endOfRunFrom(this.head) === this.pieces.length;
  }

  /** The bytes from the front, `skipped` of them left out, as few views as memory allows. */
  runs(skipped: number): Buffer[] {
    const runs: Buffer[] = [];
    for (let at = this.head; at < this.pieces.length && runs.length < RUNS_MAX; ) {
      const { bytes, start } = this.pieces[at]!;
      const from = at === this.head ? start + skipped : start;
      at = this.endOfRunFrom(at);
      const { end } = this.pieces[at - 1]!;
      if (end > from) runs.push(bytes.subarray(from, end));
    }
    return runs;
  }

  /** The pieces as they are now, oldest first. */
  toArray(): Piece[] {
    return this.pieces.slice(this.head);
  }

  /** Leaves out the pieces that do not pass. */
  filter(keeps: (piece: Piece) => boolean): void {
    this.pieces = this.toArray().filter(keeps);
    this.head = 0;
    this.total = this.pieces.reduce((sum, { length }) => sum + length, 0);
  }

  private endOfRunFrom(from: number): number {
    let at = from + 1;
    while (at < this.pieces.length && this.pieces[at]!.follows(this.pieces[at - 1]!)) at++;
    return at;
  }
}
