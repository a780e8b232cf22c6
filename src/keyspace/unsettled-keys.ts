/**
 * Which keys were written lately, and up to which place in the log: under `appendfsync always` a reply must not leave
 * before what it saw is durable, and a read of other keys should not wait for it.
 *
 * A table of log offsets by the lower bits of a key's hash. Two keys that share a place make a read wait that need
 * not have; that is all that can go wrong.
 */

const PLACES = 1 << 16;

export class UnsettledKeys {
  /** Whether anybody needs to know. */
  active = false;
  /** The offset behind the last unit that wrote a key of this place. */
  private readonly marks = new Float64Array(PLACES);
  /** Places written by the unit that is being executed; marked when its end in the log is known. */
  private written: number[] = [];
  /** The offset behind the last unit that changed whole databases. */
  private allMark = 0;
  private wroteEverything = false;
  /** The largest mark that the unit has seen. */
  private seen = 0;

  wrote(hash: number): void {
    this.written.push(hash & (PLACES - 1));
  }

  /** The unit changes keys that nobody lists: it empties or exchanges databases. */
  wroteAll(): void {
    this.wroteEverything = true;
  }

  saw(hash: number): void {
    const mark = Math.max(this.allMark, this.marks[hash & (PLACES - 1)]!);
    if (mark > this.seen) this.seen = mark;
  }

  /** The unit has looked at keys that nobody lists. */
  sawAll(): void {
    this.seen = Number.POSITIVE_INFINITY;
  }

  /** Ends a unit that reaches `offset` in the log, and returns the offset that its reply must wait for. */
  settle(offset: number): number {
    const seen = Math.min(this.seen, offset);
    this.seen = 0;
    if (this.wroteEverything) {
      this.wroteEverything = false;
      this.allMark = offset;
      this.written = [];
      return offset;
    }
    if (this.written.length === 0) return seen;
    for (const place of this.written) this.marks[place] = offset;
    this.written = [];
    return offset;
  }
}
