/**
 * How many calls of a command took how long, for LATENCY HISTOGRAM and INFO latencystats.
 *
 * The buckets are those of a high dynamic range histogram with two significant digits, as in Redis: values below 256
 * nanoseconds have one bucket each, and every further power of two is divided into 128. So a value is known to less
 * than one per cent, and a reported one is the largest of its bucket. A second and more is one second.
 */

const SUB_BITS = 7;
/** Values below 2^8 are their own buckets. */
const EXACT_BELOW = 1 << (SUB_BITS + 1);
const NANOSECONDS_MAX = 1_000_000_000;
/** LATENCY HISTOGRAM's first row ends here, each further one at twice as much. */
const FIRST_ROW_NS = 1024;

export class Histogram {
  private readonly buckets = new Uint32Array(bucketOf(NANOSECONDS_MAX) + 1);
  count = 0;

  record(microseconds: number): void {
    const ns = Math.min(NANOSECONDS_MAX, Math.max(1, Math.floor(microseconds * 1000)));
    this.buckets[bucketOf(ns)]!++;
    this.count++;
  }

  /** Microseconds that the given share (0 to 100) of the calls stayed within. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.round((percent / 100) * this.count));
    let seen = 0;
    for (let bucket = 0; bucket < this.buckets.length; bucket++) {
      seen += this.buckets[bucket]!;
      if (seen >= wanted) return largestIn(bucket) / 1000;
    }
    return 0;
  }

  /** Calls that took no longer than each power of two of about a microsecond, where that number grows. */
  cumulative(): [microseconds: number, calls: number][] {
    const rows: [number, number][] = [];
    let seen = 0;
    let bucket = 0;
    for (let limit = FIRST_ROW_NS; seen < this.count; limit *= 2) {
      const before = seen;
      const last = Math.min(bucketOf(limit), this.buckets.length - 1);
      while (bucket <= last) seen += this.buckets[bucket++]!;
      if (seen > before) rows.push([Math.floor(largestIn(bucketOf(limit)) / 1000), seen]);
    }
    return rows;
  }
}

function bucketOf(ns: number): number {
  if (ns < EXACT_BELOW) return ns;
  const shift = 31 - Math.clz32(ns) - SUB_BITS;
  return (shift << SUB_BITS) + (ns >>> shift);
}

/** The largest number of nanoseconds that falls into the bucket. */
function largestIn(bucket: number): number {
  if (bucket < EXACT_BELOW) return bucket;
  const shift = (bucket >>> SUB_BITS) - 1;
  return ((bucket - (shift << SUB_BITS) + 1) << shift) - 1;
}
