/** Writing lengths, numbers and strings of RDB into an output. format.ts describes them. */

import { parseInteger } from "../../util/integer.js";
import { LzfCompressor } from "../../util/lzf.js";
import type { Slice } from "../../util/slice.js";
import type { Output } from "../output.js";
import { ENCODING, LENGTH } from "./format.js";

/** "-2147483648" */
const LONGEST_INT32 = 11;
/** Shorter strings are not worth compressing. */
const COMPRESSED_FROM = 21;
/** A compressed string must be so much shorter than its text. */
const COMPRESSION_GAIN = 4;
/** Bytes of the longest length. */
const LENGTH_SIZE_MAX = 9;
/** Up to here a loop is faster than a native copy. */
const LOOP_LIMIT = 96;
const TWO_32 = 2 ** 32;

/** A double on its way into bytes; written anew before each use. */
const DOUBLE = new Float64Array(1);
const DOUBLE_AS_BYTES = new Uint8Array(DOUBLE.buffer);

export class Primitives {
  private readonly lzf: LzfCompressor | null;
  /** Takes compressed strings that are too long for the output's buffer. */
  private spare = new Uint8Array(0);

  constructor(
    readonly output: Output,
    compress: boolean,
  ) {
    this.lzf = compress ? new LzfCompressor() : null;
  }

  byte(value: number): void {
    const { output } = this;
    output.room(1);
    output.bytes[output.at++] = value;
  }

  length(value: number): void {
    const { output } = this;
    output.room(LENGTH_SIZE_MAX);
    output.at = writeLength(output.bytes, output.at, value);
  }

  /** A number in `size` bytes, little endian; of a negative one the two's complement. Safe integers only. */
  littleEndian(value: number, size: number): void {
    const { output } = this;
    output.room(size);
    let rest = value;
    for (let i = 0; i < size; i++) {
      const low = rest % 256;
      output.bytes[output.at++] = low;
      rest = (rest - (low < 0 ? low + 256 : low)) / 256;
    }
  }

  double(value: number): void {
    DOUBLE[0] = value;
    this.output.write(DOUBLE_AS_BYTES, 0, 8);
  }

  /** A text of ASCII characters. */
  text(value: string): void {
    const bytes = Buffer.from(value, "latin1");
    this.string(bytes, 0, bytes.length);
  }

  /** A string: as a number if it is the text of a small one, compressed if that makes it shorter, else as it is. */
  string(from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length <= LONGEST_INT32 && this.integer(from, start, end)) return;
    if (length >= COMPRESSED_FROM && this.lzf !== null && this.compressed(this.lzf, from, start, end)) return;
    const { output } = this;
    if (length > LOOP_LIMIT) {
      this.length(length);
      output.write(from, start, end);
      return;
    }
    output.room(LENGTH_SIZE_MAX + length);
    const { bytes } = output;
    let at = writeLength(bytes, output.at, length);
    for (let i = start; i < end; i++) bytes[at++] = from[i]!;
    output.at = at;
  }

  private integer(from: Uint8Array, start: number, end: number): boolean {
    const first = from[start]!;
    // Most strings that are no numbers are told by their first character.
    if (first > 0x39 || first < 0x2d) return false;
    const value = parseInteger(from, start, end);
    // NaN is no integer.
    if (!(value >= -0x80000000 && value <= 0x7fffffff)) return false;
    const { output } = this;
    output.room(5);
    const { bytes } = output;
    let { at } = output;
    if (value >= -128 && value <= 127) {
      bytes[at++] = LENGTH.ENCODED | ENCODING.INT8;
      bytes[at++] = value;
    } else if (value >= -32768 && value <= 32767) {
      bytes[at++] = LENGTH.ENCODED | ENCODING.INT16;
      bytes[at++] = value;
      bytes[at++] = value >> 8;
    } else {
      bytes[at++] = LENGTH.ENCODED | ENCODING.INT32;
      bytes[at++] = value;
      bytes[at++] = value >> 8;
      bytes[at++] = value >> 16;
      bytes[at++] = value >> 24;
    }
    output.at = at;
    return true;
  }

  /** A string of so many bytes that has been compressed before. */
  compressedString({ bytes, start, end }: Slice, length: number): void {
    this.compressedHead(end - start, length);
    this.output.write(bytes, start, end);
  }

  private compressed(lzf: LzfCompressor, from: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    const { output } = this;
    const head = 1 + 2 * LENGTH_SIZE_MAX;
    const room = head + length - COMPRESSION_GAIN;
    if (!output.fits(room)) return this.compressedApart(lzf, from, start, end);
    output.room(room);
    // First where it will hardly ever stay: how long the lengths before it are is known only then.
    const { bytes } = output;
    const body = output.at + head;
    const stop = lzf.compress(from, start, end, bytes, body, body + length - COMPRESSION_GAIN);
    if (stop === 0) return false;
    this.compressedHead(stop - body, length);
    bytes.copyWithin(output.at, body, stop);
    output.at += stop - body;
    return true;
  }

  private compressedApart(lzf: LzfCompressor, from: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    const limit = length - COMPRESSION_GAIN;
    if (this.spare.length < limit) this.spare = new Uint8Array(limit);
    const stop = lzf.compress(from, start, end, this.spare, 0, limit);
    if (stop > 0) {
      this.compressedHead(stop, length);
      this.output.write(this.spare, 0, stop);
    }
    // The room for one very long string is not kept for the others.
    this.spare = new Uint8Array(0);
    return stop > 0;
  }

  private compressedHead(compressed: number, length: number): void {
    this.byte(LENGTH.ENCODED | ENCODING.LZF);
    this.length(compressed);
    this.length(length);
  }
}

function writeLength(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  if (value < 1 << 6) {
    bytes[at++] = LENGTH.BITS_6 | value;
    return at;
  }
  if (value < 1 << 14) {
    bytes[at++] = LENGTH.BITS_14 | (value >> 8);
    bytes[at++] = value;
    return at;
  }
  if (value >= TWO_32) {
    bytes[at++] = LENGTH.BITS_64;
    at = writeBigEndian(bytes, at, Math.floor(value / TWO_32));
  } else bytes[at++] = LENGTH.BITS_32;
  return writeBigEndian(bytes, at, value);
}

function writeBigEndian(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
  return at + 4;
}
