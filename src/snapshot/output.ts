/**
 * Where an encoder writes: one buffer, emptied into a sink whenever it is full, with a running checksum of all that
 * went through it.
 */

import { Crc64 } from "../util/crc64.js";

/** Takes bytes[start, end), which change as soon as it returns. Throws when it cannot. */
export type Sink = (bytes: Uint8Array, start: number, end: number) => void;

/** Bytes of the buffer, unless something else is asked for: what a sink gets at a time. */
const BUFFER_BYTES = 1024 * 1024;

export class Output {
  /** The buffer, and how much of it is filled. Encoders write into it what they have asked room for. */
  readonly bytes: Uint8Array;
  at = 0;
  private emptied = 0;
  private readonly crc: Crc64 | null;

  constructor(
    private readonly sink: Sink,
    checksum: boolean,
    bufferBytes: number = BUFFER_BYTES,
  ) {
    this.bytes = new Uint8Array(bufferBytes);
    this.crc = checksum ? new Crc64() : null;
  }

  /** Bytes written so far. */
  get total(): number {
    return this.emptied + this.at;
  }

  /** The checksum of everything written so far, as a file ends with; zeros when there is none. */
  checksum(): Uint8Array {
    this.flush();
    return this.crc?.bytes() ?? new Uint8Array(8);
  }

  /** Makes sure that `count` bytes, of which the buffer has at least so many, fit behind `at`. */
  room(count: number): void {
    if (this.at + count > this.bytes.length) this.flush();
  }

  /** Whether `count` bytes ever fit into the buffer. */
  fits(count: number): boolean {
    return count <= this.bytes.length;
  }

  /** Writes a range of any length. */
  write(from: Uint8Array, start: number, end: number): void {
    let next = start;
    while (next < end) {
      if (this.at === this.bytes.length) this.flush();
      const taken = Math.min(end - next, this.bytes.length - this.at);
      this.bytes.set(from.subarray(next, next + taken), this.at);
      this.at += taken;
      next += taken;
    }
  }

  /** Gives the sink what it has not got yet. */
  flush(): void {
    const { at } = this;
    if (at === 0) return;
    this.crc?.update(this.bytes, 0, at);
    this.at = 0;
    this.emptied += at;
    this.sink(this.bytes, 0, at);
  }
}
