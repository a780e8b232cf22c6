/**
 * The bytes of a snapshot as they come in: a window that the caller moves on, and the numbers and strings in it.
 *
 * A snapshot is read in pieces: an opcode, a key with a small value, an element of a big one. A piece whose bytes have
 * not all come throws INCOMPLETE, before it has changed anything, and is read again from its mark as soon as the
 * window holds `needed` bytes from there. So no state inside of a piece is ever kept, nothing is read again more than
 * once or twice, and a window is never larger than its longest string.
 */

import { writeInteger } from "../../util/integer.js";
import { lzfDecompress } from "../../util/lzf.js";
import type { Slice } from "../../util/slice.js";
import { RdbError } from "./error.js";
import { ENCODING, LENGTH } from "./format.js";

/** Thrown where the window ends before the piece does. */
export const INCOMPLETE = Symbol("incomplete");

/** No string may be longer: the lengths of values are signed 32-bit numbers. */
const STRING_MAX = 0x7fffffff - 64;
/** LZF makes at most so many bytes of one: a repetition of 264 takes three. */
const LZF_RATIO = 88;
const LONGEST_INTEGER = 11;
/** Room for a longer string is let go after it. */
const KEPT_ROOM = 1024 * 1024;
const TWO_32 = 4294967296;
const NO_BYTES = new Uint8Array(0);

/** A string of the input: a range of the window, or of bytes of its own where it was encoded. Valid until the next read. */
export class InputString implements Slice {
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  private own: Uint8Array = new Uint8Array(64);

  get length(): number {
    return this.end - this.start;
  }

  /** Bytes of its own for a text of that length. */
  room(length: number): Uint8Array {
    if (this.own.length < length) this.own = Buffer.allocUnsafeSlow(length > KEPT_ROOM ? length : length * 2);
    this.bytes = this.own;
    this.start = 0;
    this.end = length;
    return this.own;
  }

  /** Gives large bytes of its own back. */
  trim(): void {
    if (this.own.length > KEPT_ROOM * 2) this.own = new Uint8Array(64);
  }
}

const DOUBLE = new DataView(new ArrayBuffer(8));

export class Input {
  bytes: Uint8Array = NO_BYTES;
  /** What is read next. */
  at = 0;
  end = 0;
  /** Where the piece that is read begins. */
  mark = 0;
  /** How many bytes from `mark` on the window must hold before it is worth trying again. */
  needed = 1;
  /** Where bytes[0] would be in the whole. */
  private origin = 0;

  /** `size` is that of the whole, Infinity when it is not known. */
  constructor(private readonly size: number) {}

  /** Moves on: bytes[at, end) follow on what was read up to `mark`. */
  window(bytes: Uint8Array, at: number, end: number): void {
    this.origin += this.mark - at;
    this.bytes = bytes;
    this.at = at;
    this.mark = at;
    this.end = end;
  }

  /** Forgets the window. */
  release(): void {
    this.window(NO_BYTES, 0, 0);
  }

  /** Where the next byte is in the whole. */
  get offset(): number {
    return this.origin + this.at;
  }

  /** Bytes that are still to be read at most; Infinity when that is not known. */
  get left(): number {
    return this.size - this.offset;
  }

  /** Throws unless so many bytes are there. */
  need(count: number): void {
    if (this.at + count <= this.end) return;
    if (count > this.left) throw new RdbError("unexpected end of the data", this.size);
    this.needed = this.at + count - this.mark;
    throw INCOMPLETE;
  }

  byte(): number {
    this.need(1);
    return this.bytes[this.at++]!;
  }

  /** A length. Throws an RdbError for a special encoding. */
  length(): number {
    this.need(1);
    const first = this.bytes[this.at]!;
    if (first < LENGTH.BITS_14) {
      this.at++;
      return first;
    }
    if (first < LENGTH.BITS_32) {
      this.need(2);
      const length = ((first & 63) << 8) | this.bytes[this.at + 1]!;
      this.at += 2;
      return length;
    }
    return this.longLength(first);
  }

  /** A little-endian unsigned number of 32 bits. */
  word(): number {
    this.need(4);
    const { bytes, at } = this;
    this.at += 4;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  /** A little-endian number of 64 bits with a sign, rounded beyond the safe range. */
  signed64(): number {
    this.need(8);
    const low = this.word();
    return (this.word() | 0) * TWO_32 + low;
  }

  double(): number {
    this.need(8);
    for (let i = 0; i < 8; i++) DOUBLE.setUint8(i, this.bytes[this.at++]!);
    return DOUBLE.getFloat64(0, true);
  }

  /** A string. */
  string(target: InputString): void {
    this.need(1);
    const first = this.bytes[this.at]!;
    if (first >= LENGTH.ENCODED) {
      this.encoded(first & 63, target);
      return;
    }
    const length = this.length();
    this.checkLength(length);
    this.need(length);
    target.bytes = this.bytes;
    target.start = this.at;
    target.end = this.at + length;
    this.at += length;
  }

  skip(count: number): void {
    this.need(count);
    this.at += count;
  }

  error(reason: string): RdbError {
    return new RdbError(reason, this.offset);
  }

  private longLength(first: number): number {
    if (first === LENGTH.BITS_32) {
      this.need(5);
      this.at++;
      return this.bigEndian();
    }
    if (first !== LENGTH.BITS_64) throw this.error(`an unknown length encoding ${first}`);
    this.need(9);
    this.at++;
    return this.bigEndian() * TWO_32 + this.bigEndian();
  }

  private bigEndian(): number {
    const { bytes, at } = this;
    this.at += 4;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  private encoded(encoding: number, target: InputString): void {
    if (encoding === ENCODING.LZF) {
      this.compressed(target);
      return;
    }
    if (encoding > ENCODING.INT32) throw this.error(`an unknown string encoding ${encoding}`);
    this.need(1 + (1 << encoding));
    this.at++;
    let value = 0;
    if (encoding === ENCODING.INT8) value = (this.byte() << 24) >> 24;
    else if (encoding === ENCODING.INT16) value = ((this.byte() << 16) | (this.byte() << 24)) >> 16;
    else value = this.word() | 0;
    const text = target.room(LONGEST_INTEGER);
    target.end = writeInteger(text, 0, value);
  }

  private compressed(target: InputString): void {
    this.at++;
    const packed = this.length();
    const length = this.length();
    this.checkLength(packed);
    // Before anything is made for it: a length that cannot come of so many bytes is none.
    if (length > packed * LZF_RATIO)
      throw this.error(`${packed} bytes said to be ${length} bytes compressed`);
    if (length > STRING_MAX) throw this.error(tooLong(length));
    this.need(packed);
    const start = this.at;
    if (!lzfDecompress(this.bytes, start, start + packed, target.room(length), 0, length))
      throw this.error(`a compressed string that does not give ${length} bytes`);
    this.at += packed;
  }

  private checkLength(length: number): void {
    const { left } = this;
    if (length > left) throw this.error(`a string of ${length} bytes where no more than ${left} follow`);
    if (length > STRING_MAX) throw this.error(tooLong(length));
  }
}

function tooLong(length: number): string {
  return `a string of ${length} bytes, which is more than this server can hold`;
}
