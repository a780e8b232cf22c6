/** A column of texts, copied one behind the other. */

import { constants } from "node:buffer";
import { fail } from "../../../engine/errors.js";
import { compareBytes } from "../../../util/ascii.js";
import { copy } from "../../../util/copy.js";
import type { Slice } from "../../../util/slice.js";

const FIRST_BYTES = 1024;
/** What a double holds exactly. */
const PREFIX_BYTES = 6;
const PLACES: readonly number[] = [2 ** 40, 2 ** 32, 2 ** 24, 2 ** 16, 2 ** 8, 1];

export class Texts {
  count = 0;
  bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private readonly starts: Float64Array;
  private readonly ends: Float64Array;
  private readonly shown = { bytes: this.bytes, start: 0, end: 0 };

  /** There may be up to `most` texts. */
  constructor(most: number) {
    this.starts = new Float64Array(most);
    this.ends = new Float64Array(most);
  }

  add({ bytes, start, end }: Slice): void {
    const from = this.count === 0 ? 0 : this.ends[this.count - 1]!;
    const to = from + end - start;
    if (to > this.bytes.length) this.grow(to);
    copy(bytes, start, end, this.bytes, from);
    this.starts[this.count] = from;
    this.ends[this.count++] = to;
  }

  /** One of the texts, until the next call and the next text. */
  slice(at: number): Slice {
    const { shown } = this;
    shown.bytes = this.bytes;
    shown.start = this.starts[at]!;
    shown.end = this.ends[at]!;
    return shown;
  }

  start(at: number): number {
    return this.starts[at]!;
  }

  end(at: number): number {
    return this.ends[at]!;
  }

  /** Orders two of the texts byte by byte. */
  compare(a: number, b: number): number {
    const { bytes, starts, ends } = this;
    return compareBytes(bytes, starts[a]!, ends[a]!, bytes, starts[b]!, ends[b]!);
  }

  /**
   * A number for each text that orders them where it differs: six bytes behind what all have in common, with zeros
   * where a text has fewer.
   */
  prefixes(): Float64Array {
    const { bytes, starts, ends, count } = this;
    const skipped = this.commonLength();
    const keys = new Float64Array(count);
    for (let at = 0; at < count; at++) {
      const from = starts[at]! + skipped;
      const stop = Math.min(from + PREFIX_BYTES, ends[at]!);
      let key = 0;
      // Nothing is to be told apart behind a zero byte, which ends a text for some comparisons.
      for (let byte = from; byte < stop && bytes[byte] !== 0; byte++) {
        key += bytes[byte]! * PLACES[byte - from]!;
      }
      keys[at] = key;
    }
    return keys;
  }

  /** Where each text ends for C's functions, at its end or at its first zero byte; null when there are no such bytes. */
  endsAtZero(): Float64Array | null {
    const { bytes, ends, count } = this;
    const used = bytes.subarray(0, count === 0 ? 0 : ends[count - 1]);
    let zero = used.indexOf(0);
    if (zero < 0) return null;
    const cut = ends.slice();
    for (let at = 0; at < count && zero >= 0; at++) {
      if (zero >= ends[at]!) continue;
      cut[at] = zero;
      zero = used.indexOf(0, ends[at]!);
    }
    return cut;
  }

  /** How many bytes all the texts begin with that are the same and not zero. */
  private commonLength(): number {
    const { bytes, starts, ends, count } = this;
    if (count === 0) return 0;
    let common = ends[0]!;
    for (let at = 0; at < common; at++) if (bytes[at] === 0) common = at;
    for (let at = 1; at < count && common > 0; at++) {
      const from = starts[at]!;
      const stop = Math.min(common, ends[at]! - from);
      let same = 0;
      while (same < stop && bytes[from + same] === bytes[same]) same++;
      common = same;
    }
    return common;
  }

  private grow(needed: number): void {
    if (needed > constants.MAX_LENGTH) {
      throw fail(`the elements to sort have more than ${constants.MAX_LENGTH} bytes together`);
    }
    const grown = Buffer.allocUnsafe(Math.min(needed * 2, constants.MAX_LENGTH));
    this.bytes.copy(grown);
    this.bytes = grown;
  }
}
