/**
 * Sorts by a number for each item, and by comparison where numbers are equal. Comparisons are what sorting many items
 * costs, so the numbers are distributed by their bits instead: a radix sort of the doubles, eleven bits at a time.
 */

import type { Comparison } from "./partial-sort.js";

/** Fewer items are sorted by comparison at once. */
const FEW = 256;
const DIGIT_BITS = 11;
const DIGITS = 6;
const BUCKETS = 1 << DIGIT_BITS;
const MASK = BUCKETS - 1;

/**
 * The places 0, 1, ... of the keys in ascending order of key, places of equal keys in the order of `compare`, and where
 * that is 0 in their own order. No key may be NaN.
 */
export function orderByKey(keys: Float64Array, compare: Comparison): Uint32Array {
  if (keys.length < FEW) {
    return places(keys.length).sort((a, b) => {
      const left = keys[a]!;
      const right = keys[b]!;
      return left < right ? -1 : left > right ? 1 : compare(a, b);
    });
  }
  const order = distribute(keys);
  for (let start = 0; start < order.length; ) {
    const key = keys[order[start]!]!;
    let end = start + 1;
    while (end < order.length && keys[order[end]!] === key) end++;
    if (end - start > 1) order.subarray(start, end).sort(compare);
    start = end;
  }
  return order;
}

function places(count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let at = 0; at < count; at++) order[at] = at;
  return order;
}

function distribute(keys: Float64Array): Uint32Array {
  const [low, high] = comparableBits(keys);
  const counts = countDigits(low, high);
  let order: Uint32Array = places(keys.length);
  let other: Uint32Array = new Uint32Array(keys.length);
  for (let digit = 0; digit < DIGITS; digit++) {
    const starts = counts.subarray(digit * BUCKETS, (digit + 1) * BUCKETS);
    if (!startsFromCounts(starts, keys.length)) continue;
    for (let at = 0; at < order.length; at++) {
      const place = order[at]!;
      other[starts[digitOf(low[place]!, high[place]!, digit)]!++] = place;
    }
    [order, other] = [other, order];
  }
  return order;
}

/** The low and the high words of the doubles, changed so that their order as unsigned integers is that of the keys. */
function comparableBits(keys: Float64Array): [low: Uint32Array, high: Uint32Array] {
  const low = new Uint32Array(keys.length);
  const high = new Uint32Array(keys.length);
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  for (let at = 0; at < keys.length; at++) {
    // Adding 0 makes 0 of -0.
    double[0] = keys[at]! + 0;
    const flip = words[1]! >>> 31 === 0 ? 0 : 0xffffffff;
    low[at] = words[0]! ^ flip;
    high[at] = words[1]! ^ (flip | 0x80000000);
  }
  return [low, high];
}

function digitOf(low: number, high: number, digit: number): number {
  switch (digit) {
    case 0:
      return low & MASK;
    case 1:
      return (low >>> DIGIT_BITS) & MASK;
    case 2:
      return ((low >>> 22) | (high << 10)) & MASK;
    case 3:
      return (high >>> 1) & MASK;
    case 4:
      return (high >>> 12) & MASK;
    default:
      return high >>> 23;
  }
}

function countDigits(low: Uint32Array, high: Uint32Array): Uint32Array {
  const counts = new Uint32Array(DIGITS * BUCKETS);
  for (let at = 0; at < low.length; at++) {
    for (let digit = 0; digit < DIGITS; digit++) {
      counts[digit * BUCKETS + digitOf(low[at]!, high[at]!, digit)]!++;
    }
  }
  return counts;
}

/** Turns counts into the places where the buckets begin; false when a single bucket has everything. */
function startsFromCounts(counts: Uint32Array, total: number): boolean {
  let start = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = counts[bucket]!;
    if (count === total) return false;
    counts[bucket] = start;
    start += count;
  }
  return true;
}
