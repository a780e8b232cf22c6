/**
 * The longest common subsequence of two byte strings, by the textbook table: cell (i, j) is its length for the first
 * i bytes of one and the first j bytes of the other. Walking back from the last cell finds one of the longest; where
 * two ways are as good, Redis drops a byte of the second string, so this does too.
 */

/** Equal parts of both strings: their first positions and their length in bytes. */
export interface Match {
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

export class LcsTable {
  private readonly cells: Uint32Array;
  private readonly width: number;

  /** Throws RangeError when there is no memory for the table. */
  constructor(
    private readonly a: Uint8Array,
    private readonly b: Uint8Array,
  ) {
    this.width = b.length + 1;
    this.cells = new Uint32Array((a.length + 1) * this.width);
    for (let i = 1; i <= a.length; i++) this.fillRow(i, a[i - 1]!);
  }

  /** Bytes that the table for strings of these lengths takes. */
  static bytesFor(aLength: number, bLength: number): number {
    return (aLength + 1) * (bLength + 1) * Uint32Array.BYTES_PER_ELEMENT;
  }

  /** Length of the longest common subsequence. */
  get length(): number {
    return this.cells[this.cells.length - 1]!;
  }

  /** Its contiguous parts, the last one first. */
  matches(): Match[] {
    const matches: Match[] = [];
    let i = this.a.length;
    let j = this.b.length;
    while (i > 0 && j > 0) {
      let length = 0;
      while (i > 0 && j > 0 && this.a[i - 1] === this.b[j - 1]) {
        i--;
        j--;
        length++;
      }
      if (length > 0) matches.push({ a: i, b: j, length });
      else if (this.cell(i - 1, j) > this.cell(i, j - 1)) i--;
      else j--;
    }
    return matches;
  }

  private cell(i: number, j: number): number {
    return this.cells[i * this.width + j]!;
  }

  private fillRow(i: number, byte: number): void {
    const { b, cells, width } = this;
    const above = (i - 1) * width;
    const row = i * width;
    let left = 0;
    for (let j = 1; j < width; j++) {
      const up = cells[above + j]!;
      if (b[j - 1] === byte) left = cells[above + j - 1]! + 1;
      else if (up > left) left = up;
      cells[row + j] = left;
    }
  }
}
