/**
 * A snapshot that is pushed, as from a socket, and not fetched. It keeps what is not whole yet: part of a piece, so no
 * more than the longest string, and takes room for it only as the bytes come.
 */

import type { RdbReader } from "./reader.js";

const FIRST_ROOM = 64 * 1024;
/** Larger room is let go when it is empty. */
const KEPT_ROOM = 4 * 1024 * 1024;

export class RdbFeed {
  /** What has come and is not read: kept[0..length). */
  private kept = Buffer.allocUnsafeSlow(FIRST_ROOM);
  private length = 0;

  constructor(private readonly reader: RdbReader) {}

  /**
   * Takes bytes[start, end), which are copied where they are kept. Returns where the snapshot's bytes end among them:
   * `end` until its end has come (`reader.done`); what is behind is not its own. Throws what the reader throws.
   */
  push(bytes: Uint8Array, start: number, end: number): number {
    if (this.length === 0) return this.read(bytes, start, end);
    const before = this.length;
    this.keep(bytes, start, end);
    if (this.length < this.reader.needed) return end;
    const read = this.reader.read(this.kept, 0, this.length);
    if (this.reader.done) return start + read - before;
    this.kept.copyWithin(0, read, this.length);
    this.length -= read;
    if (this.length === 0 && this.kept.length > KEPT_ROOM) this.kept = Buffer.allocUnsafeSlow(FIRST_ROOM);
    return end;
  }

  private read(bytes: Uint8Array, start: number, end: number): number {
    const read = end - start < this.reader.needed ? start : this.reader.read(bytes, start, end);
    if (this.reader.done) return read;
    this.keep(bytes, read, end);
    return end;
  }

  private keep(bytes: Uint8Array, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.kept.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, Math.min(this.reader.needed, 2 * length)));
      this.kept.copy(grown, 0, 0, this.length);
      this.kept = grown;
    }
    this.kept.set(bytes.subarray(start, end), this.length);
    this.length = length;
  }
}
