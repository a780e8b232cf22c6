/**
 * The longest common subsequence of two byte strings, by the textbook table: cell (i, j) is its length for the first
 * i bytes of one and the first j bytes of the other. Walking back from the last cell finds one of the longest; where
 * two ways are as good, Redis drops a byte of the second string, so this does too.
 *
 * From one cell of a row to the next the length grows by one or not at all, so a cell is one bit here, clear where it
 * grows, and a row is made from the one before by adding whole words (Crochemore et al., "A fast and practical
 * bit-vector algorithm for the longest common subsequence problem", 2001).
 */

import { bitsIn } from "../../util/bits.js";

/** Equal parts of both strings: their first positions and their length in bytes. */
export interface Match {
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

/** Two words of so many bits and a carry add up to what is still a small integer. */
const WORD_BITS = 30;
const WORD_MASK = 2 ** WORD_BITS - 1;

export class LcsTable {
  /** Rows 0 to a.length, each of `width` words; the bits behind b.length are set. */
  private readonly rows: Int32Array;
  private readonly width: number;

  /** Throws RangeError when there is no memory for the table. */
  constructor(
    private readonly a: Uint8Array,
    private readonly b: Uint8Array,
  ) {
    this.width = Math.ceil(b.length / WORD_BITS);
    this.rows = new Int32Array((a.length + 1) * this.width).fill(WORD_MASK, 0, this.width);
    this.fill();
  }

  /** Bytes that a table of plain cells for strings of these lengths takes, as Redis makes it. */
  static bytesFor(aLength: number, bLength: number): number {
    return (aLength + 1) * (bLength + 1) * Uint32Array.BYTES_PER_ELEMENT;
  }

  /** Length of the longest common subsequence. */
  get length(): number {
    return this.cell(this.a.length, this.b.length);
  }

  /** Its contiguous parts, the last one first. */
  matches(): Match[] {
    const { a, b } = this;
    const matches: Match[] = [];
    let i = a.length;
    let j = b.length;
    while (i > 0 && j > 0) {
      let length = 0;
      while (i > 0 && j > 0 && a[i - 1] === b[j - 1]) {
        i--;
        j--;
        length++;
      }
      if (length > 0) matches.push({ a: i, b: j, length });
      // Where the length grows the cell to the left has one less, and the one above may have as much as this one.
      else if (this.grows(i, j) && this.cell(i - 1, j) === this.cell(i, j)) i--;
      else j--;
    }
    return matches;
  }

  private grows(i: number, j: number): boolean {
    const word = this.rows[i * this.width + Math.floor((j - 1) / WORD_BITS)]!;
    return (word & (1 << ((j - 1) % WORD_BITS))) === 0;
  }

  private cell(i: number, j: number): number {
    const { rows, width } = this;
    const first = i * width;
    const last = first + Math.floor(j / WORD_BITS);
    let set = 0;
    for (let at = first; at < last; at++) set += bitsIn(rows[at]!);
    const rest = j % WORD_BITS;
    if (rest > 0) set += bitsIn(rows[last]! & ((1 << rest) - 1));
    return j - set;
  }

  private fill(): void {
    const { a, rows, width } = this;
    const places = this.places();
    for (let i = 1; i <= a.length; i++) {
      const place = places.get(a[i - 1]!)!;
      const above = (i - 1) * width;
      const row = i * width;
      let carry = 0;
      for (let at = 0; at < width; at++) {
        const word = rows[above + at]!;
        const equal = word & place[at]!;
        const sum = word + equal + carry;
        carry = sum >>> WORD_BITS;
        rows[row + at] = (sum & WORD_MASK) | (word - equal);
      }
    }
  }

  /** For each byte of the first string where it is in the second one, as the bits of a row. */
  private places(): Map<number, Int32Array> {
    const { a, b, width } = this;
    const places = new Map<number, Int32Array>();
    for (const byte of a) if (!places.has(byte)) places.set(byte, new Int32Array(width));
    for (let j = 0; j < b.length; j++) {
      const place = places.get(b[j]!);
      if (place !== undefined) place[Math.floor(j / WORD_BITS)]! |= 1 << (j % WORD_BITS);
    }
    return places;
  }
}
