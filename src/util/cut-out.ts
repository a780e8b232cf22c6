/** A piece of some bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A copy of bytes[start..end) without those ranges of it, which come in order. */
export function cutOut(bytes: Buffer, start: number, end: number, ranges: readonly Range[]): Buffer {
  const kept: Buffer[] = [];
  let from = start;
  for (const range of ranges) {
    kept.push(bytes.subarray(from, range.start));
    from = range.end;
  }
  return Buffer.concat([...kept, bytes.subarray(from, end)]);
}
