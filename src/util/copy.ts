/** Copying ranges of bytes. What a native copy costs before its first byte is worth dozens of bytes of a loop. */

/** Up to here a loop by bytes is faster than making an array for a native copy. */
const BYTES_MAX = 40;
/** Up to here a loop by words is. */
const WORDS_MAX = 160;

/** Copies bytes; from and to must not overlap. */
export function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > BYTES_MAX) {
    // Not `subarray`: that of a Buffer makes a Buffer, which takes longer.
    to.set(new Uint8Array(from.buffer, from.byteOffset + start, end - start), at);
    return;
  }
  let target = at;
  for (let i = start; i < end; i++) to[target++] = from[i]!;
}

/** As `copy`, between arrays of which there are views: three times as fast for what is short. */
export function copyWords(
  from: Uint8Array,
  fromView: DataView,
  start: number,
  end: number,
  to: Uint8Array,
  toView: DataView,
  at: number,
): void {
  const length = end - start;
  if (length < 4 || length > WORDS_MAX) {
    copy(from, start, end, to, at);
    return;
  }
  let target = at;
  for (let i = start; i < end - 4; i += 4, target += 4)
    toView.setInt32(target, fromView.getInt32(i, true), true);
  // The last word may take in bytes again that were copied already.
  toView.setInt32(at + length - 4, fromView.getInt32(end - 4, true), true);
}
