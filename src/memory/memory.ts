/**
 * The address space of the dataset: chunks of shared memory outside V8's heap, seen as bytes, as 32-bit words and as
 * doubles.
 *
 * A reference (`Ref`) is 32 bits: the upper ten name the chunk, the lower 22 a unit of 16 bytes in it, so 64 GiB can
 * be addressed and 0 means "none". Every block begins with a header of two words:
 *
 *     word 0   length of the block in units; negative while the block is free
 *     word 1   the epoch in which it was allocated (see arena.ts)
 *
 * This class only reads. The arena adds allocation; a worker thread that was handed the buffers builds one of these
 * to read a frozen snapshot.
 */

import { VIEW, type Viewed, viewed } from "../util/copy.js";

/** A block's address in 16-byte units; 0 is no block. */
export type Ref = number;

export const UNIT_BYTES = 16;
export const CHUNK_UNITS = 1 << 22;
export const CHUNK_BYTES = CHUNK_UNITS * UNIT_BYTES;
export const MAX_CHUNKS = 1024;
/** Bytes of the header that every block begins with. */
export const HEADER_BYTES = 8;

const UNIT_MASK = CHUNK_UNITS - 1;
const NO_BYTES = viewed(new Uint8Array(0));
const NO_WORDS = new Int32Array(0);
const NO_DOUBLES = new Float64Array(0);

export class Memory {
  /** Each chunk as bytes; index with `offset(ref)`. */
  readonly bytes: Viewed[] = [];
  /** Each chunk as words; index with `word(ref)`. */
  readonly words: Int32Array[] = [];
  /** Each chunk as doubles; index with `double(ref)`. */
  readonly doubles: Float64Array[] = [];

  constructor(buffers: readonly (SharedArrayBuffer | null)[] = []) {
    buffers.forEach((buffer, chunk) => {
      this.map(chunk, buffer);
    });
  }

  /** The chunk's number. */
  chunk(ref: Ref): number {
    return ref >>> 22;
  }

  /** Where the block begins in its chunk, in bytes. */
  offset(ref: Ref): number {
    return (ref & UNIT_MASK) << 4;
  }

  /** Where the block begins in its chunk, in words. */
  word(ref: Ref): number {
    return (ref & UNIT_MASK) << 2;
  }

  /** Where the block begins in its chunk, in doubles. */
  double(ref: Ref): number {
    return (ref & UNIT_MASK) << 1;
  }

  bytesOf(ref: Ref): Uint8Array {
    return this.bytes[ref >>> 22]!;
  }

  /** For words that are not aligned. */
  viewOf(ref: Ref): DataView {
    return this.bytes[ref >>> 22]![VIEW];
  }

  wordsOf(ref: Ref): Int32Array {
    return this.words[ref >>> 22]!;
  }

  doublesOf(ref: Ref): Float64Array {
    return this.doubles[ref >>> 22]!;
  }

  /** Reads one word of the block, counted from its header. */
  read(ref: Ref, word: number): number {
    return this.words[ref >>> 22]![((ref & UNIT_MASK) << 2) + word]!;
  }

  /** Length of the block in bytes, header included. */
  sizeOf(ref: Ref): number {
    return this.words[ref >>> 22]![(ref & UNIT_MASK) << 2]! << 4;
  }

  epochOf(ref: Ref): number {
    return this.words[ref >>> 22]![((ref & UNIT_MASK) << 2) + 1]!;
  }

  /** Makes a chunk addressable, or with null no longer. */
  protected map(chunk: number, buffer: SharedArrayBuffer | null): void {
    this.bytes[chunk] = buffer === null ? NO_BYTES : viewed(new Uint8Array(buffer));
    this.words[chunk] = buffer === null ? NO_WORDS : new Int32Array(buffer);
    this.doubles[chunk] = buffer === null ? NO_DOUBLES : new Float64Array(buffer);
  }
}
