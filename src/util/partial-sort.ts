/**
 * Sorts as much of an array as is needed to know which items belong to a range, and in which order.
 *
 * It is the quicksort of Bentley and McIlroy ("Engineering a sort function", Software: Practice and Experience 23,
 * 1993) that leaves alone every part outside the range. Items that compare equal come out in the order that this very
 * algorithm gives them: Redis uses it for SORT with BY and LIMIT, and so the same items are chosen.
 */

/** Negative, 0 or positive, as for Array.prototype.sort. */
export type Comparison = (a: number, b: number) => number;

/** Up to so many items are sorted by insertion. */
const FEW = 6;
/** From so many items on the pivot is chosen among nine. */
const MANY = 40;

/** Puts in place what belongs to the places [start, end). */
export function partialSort(items: Uint32Array, compare: Comparison, start: number, end: number): void {
  new PartialSort(items, compare, start, end - 1).sort(0, items.length);
}

class PartialSort {
  constructor(
    private readonly items: Uint32Array,
    private readonly compare: Comparison,
    private readonly first: number,
    private readonly last: number,
  ) {}

  /** Sorts the `count` items from `from` on. */
  sort(from: number, count: number): void {
    let at = from;
    let size = count;
    while (size > FEW) {
      this.swap(at, this.pivot(at, size));
      const [low, high] = this.partition(at, size);
      const end = at + size;
      if (low > 1 && this.matters(at, low)) this.sort(at, low);
      if (high <= 1 || !this.matters(end - high, high)) return;
      at = end - high;
      size = high;
    }
    this.insertionSort(at, size);
  }

  private matters(from: number, count: number): boolean {
    return this.first < from + count && this.last >= from;
  }

  private insertionSort(from: number, count: number): void {
    for (let next = from + 1; next < from + count; next++) {
      for (let at = next; at > from && this.order(at - 1, at) > 0; at--) this.swap(at, at - 1);
    }
  }

  private pivot(from: number, count: number): number {
    const last = from + count - 1;
    const middle = from + (count >>> 1);
    if (count === FEW + 1) return middle;
    if (count <= MANY) return this.median(from, middle, last);
    const step = count >>> 3;
    return this.median(
      this.median(from, from + step, from + 2 * step),
      this.median(middle - step, middle, middle + step),
      this.median(last - 2 * step, last - step, last),
    );
  }

  private median(a: number, b: number, c: number): number {
    if (this.order(a, b) < 0) return this.order(b, c) < 0 ? b : this.order(a, c) < 0 ? c : a;
    return this.order(b, c) > 0 ? b : this.order(a, c) < 0 ? a : c;
  }

  /**
   * Parts the items around the first of them: lower ones to the left, equal ones into the middle, higher ones to the
   * right. Returns how many are lower and how many higher.
   */
  private partition(from: number, count: number): [low: number, high: number] {
    // Equal ones are gathered at both ends until the rest is parted.
    let equalLeft = from + 1;
    let left = from + 1;
    let right = from + count - 1;
    let equalRight = right;
    for (;;) {
      for (; left <= right; left++) {
        const order = this.order(left, from);
        if (order > 0) break;
        if (order === 0) this.swap(equalLeft++, left);
      }
      for (; left <= right; right--) {
        const order = this.order(right, from);
        if (order < 0) break;
        if (order === 0) this.swap(right, equalRight--);
      }
      if (left > right) break;
      this.swap(left++, right--);
    }
    const end = from + count;
    this.swapRanges(from, left, Math.min(equalLeft - from, left - equalLeft));
    this.swapRanges(left, end, Math.min(equalRight - right, end - equalRight - 1));
    return [left - equalLeft, equalRight - right];
  }

  /** Exchanges `count` items from `from` on with those before `end`. */
  private swapRanges(from: number, end: number, count: number): void {
    for (let at = 0; at < count; at++) this.swap(from + at, end - count + at);
  }

  private order(a: number, b: number): number {
    return this.compare(this.items[a]!, this.items[b]!);
  }

  private swap(a: number, b: number): void {
    const item = this.items[a]!;
    this.items[a] = this.items[b]!;
    this.items[b] = item;
  }
}
