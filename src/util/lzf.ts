/**
 * LZF, the compression of long strings in RDB files and DUMP payloads.
 *
 * A compressed text is a sequence of runs, each begun by a byte:
 *
 *     000lllll  data                    l + 1 bytes as they are
 *     LLLooooo  oooooooo                L + 2 bytes as they were o + 1 bytes back, L from 1 to 6
 *     111ooooo  llllllll  oooooooo      l + 9 bytes as they were o + 1 bytes back
 *
 * The five bits of `o` in the first byte are its upper ones. What is repeated may overlap with what it makes, so that
 * a long run of one byte is one literal and one repetition. Neither the lengths nor an end are marked: whoever stores
 * the text stores both of its lengths.
 */

const LITERALS_MAX = 32;
const DISTANCE_MAX = 8192;
const MATCH_MIN = 3;
const MATCH_MAX = 264;
/** Lengths from here on take a byte of their own. */
const LONG_MATCH = 9;
/** The table has two to the power of so many slots; of short texts fewer are used, which stay in the nearest cache. */
const HASH_BITS = 14;
const HASH_BITS_MIN = 9;
const HASH_FACTOR = 0x9e3779b1;
const POSITION_MAX = 2 ** 30;

/**
 * Restores source[start, end) as exactly target[at, at + length). False, with an undefined content of that range and
 * of nothing else, when the source is not a text of that length. Safe against any source.
 */
export function lzfDecompress(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  length: number,
): boolean {
  const limit = at + length;
  let from = start;
  let to = at;
  while (from < end) {
    const control = source[from++]!;
    if (control < LITERALS_MAX) {
      const run = control + 1;
      if (from + run > end || to + run > limit) return false;
      for (let i = 0; i < run; i++) target[to++] = source[from++]!;
      continue;
    }
    let count = (control >>> 5) + 2;
    if (count === LONG_MATCH) {
      if (from === end) return false;
      count += source[from++]!;
    }
    if (from === end) return false;
    let back = to - (((control & 31) << 8) | source[from++]!) - 1;
    if (back < at || to + count > limit) return false;
    for (const stop = to + count; to < stop; ) target[to++] = target[back++]!;
  }
  return to === limit;
}

/** Compresses one text after another; keeps a table for it, so that nothing has to be made or cleared for each. */
export class LzfCompressor {
  /** By the hash of three bytes: where they were last, counted over all texts so far. As large as the longest needed it. */
  private table = new Int32Array(0);
  /** What the first byte of the next text counts as; anything below it in the table is from an older text. */
  private origin = 1;

  /**
   * Compresses source[start, end) into target from `at` on and returns where the result ends, or 0 when it would go
   * beyond `limit`: then the range up to `limit` is undefined. The two must not overlap.
   */
  compress(
    source: Uint8Array,
    start: number,
    end: number,
    target: Uint8Array,
    at: number,
    limit: number,
  ): number {
    if (end - start >= POSITION_MAX) return 0;
    if (this.origin > POSITION_MAX) {
      this.table.fill(0);
      this.origin = 1;
    }
    // The upper bits of a product are its hash: as many as the length of the text has, and two more.
    const unused = Math.min(32 - HASH_BITS_MIN, Math.max(32 - HASH_BITS, Math.clz32(end - start) - 2));
    const table = this.tableOf(2 ** (32 - unused));
    // A position in `source` plus this is what the table holds.
    const shift = this.origin - start;
    this.origin += end - start;
    const lastHashed = end - MATCH_MIN;
    let to = at;
    let literals = start;
    let from = start;
    // Three bytes in the upper part of a word: the next place needs only one more.
    let three = end > start + 1 ? (source[start]! << 16) | (source[start + 1]! << 8) : 0;
    while (from <= lastHashed) {
      three = (three << 8) | (source[from + 2]! << 8);
      const slot = Math.imul(three, HASH_FACTOR) >>> unused;
      const seen = table[slot]! - shift;
      table[slot] = from + shift;
      if (
        seen < start ||
        from - seen > DISTANCE_MAX ||
        source[seen] !== source[from] ||
        source[seen + 1] !== source[from + 1] ||
        source[seen + 2] !== source[from + 2]
      ) {
        from++;
        continue;
      }
      to = writeLiterals(source, literals, from, target, to, limit);
      if (to === 0) return 0;
      const length = matchLength(source, seen, from, Math.min(end, from + MATCH_MAX));
      if (to + 3 > limit) return 0;
      const back = from - seen - 1;
      if (length < LONG_MATCH) {
        target[to++] = ((length - 2) << 5) | (back >>> 8);
      } else {
        target[to++] = (7 << 5) | (back >>> 8);
        target[to++] = length - LONG_MATCH;
      }
      target[to++] = back;
      from += length;
      literals = from;
      if (from > lastHashed) break;
      // The places inside the match stay unknown but for the last two: most of what they would find is found anyhow.
      three = (source[from - 2]! << 24) | (source[from - 1]! << 16) | (source[from]! << 8);
      table[Math.imul(three, HASH_FACTOR) >>> unused] = from - 2 + shift;
      three = (three << 8) | (source[from + 1]! << 8);
      table[Math.imul(three, HASH_FACTOR) >>> unused] = from - 1 + shift;
    }
    return writeLiterals(source, literals, end, target, to, limit);
  }

  /** The table with room for so many slots. What a smaller one knew is of older texts. */
  private tableOf(slots: number): Int32Array {
    if (slots > this.table.length) this.table = new Int32Array(slots);
    return this.table;
  }
}

/** How many bytes from `from` on, up to `end`, are those from `seen` on; the first three are known to be. */
function matchLength(bytes: Uint8Array, seen: number, from: number, end: number): number {
  let at = from + MATCH_MIN;
  for (let old = seen + MATCH_MIN; at < end && bytes[old] === bytes[at]; old++) at++;
  return at - from;
}

/** Returns where the literals end, 0 when that is beyond `limit`. */
function writeLiterals(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  limit: number,
): number {
  const runs = Math.ceil((end - start) / LITERALS_MAX);
  if (at + end - start + runs > limit) return 0;
  let to = at;
  for (let from = start; from < end; ) {
    const run = Math.min(end - from, LITERALS_MAX);
    target[to++] = run - 1;
    for (const stop = from + run; from < stop; ) target[to++] = source[from++]!;
  }
  return to;
}
