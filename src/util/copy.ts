/**
 * Copying ranges of bytes. What a native copy costs before its first byte is worth hundreds of bytes of a loop, and a
 * loop over words is five times as fast as one over bytes. Words that are not aligned need a DataView, so the arrays
 * that live long carry one (`viewed`).
 *
 * V8 copies shared memory a byte at a time, unless the bytes lie in their words alike in both places: then a word at a
 * time, which is eight times as fast. So much is copied by way of memory that is not shared, where they are moved first.
 */

/**
 * Where they carry it. A symbol: what is not there under the name of a text might be an index of the array, and V8 looks
 * for that each time.
 */
export const VIEW = Symbol("view");

/** Bytes that carry a view of themselves. */
export type Viewed<T extends Uint8Array = Uint8Array> = T & { readonly [VIEW]: DataView };

/** Up to here a loop over bytes is faster than making an array for a native copy. */
const BYTES_MAX = 40;
/** Up to here a loop over words is. */
const WORDS_MAX = 320;
/** From here on the way by memory that is not shared is faster. */
const SHIFTED_FROM = 32768;
/** As much as comes from Node's pool, so that it is neither cleared nor made each time. */
const PIECE_BYTES = 4088;
const WORD_BYTES = 8;

/** Gives the array a view of itself, which makes copies between it and others that have one faster. */
export function viewed<T extends Uint8Array>(bytes: T): Viewed<T> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Object.assign(bytes, { [VIEW]: view });
}

/** Copies bytes; from and to must not overlap. */
export function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  const length = end - start;
  if (length >= 4 && length <= WORDS_MAX) {
    const source = (from as Partial<Viewed>)[VIEW];
    const target = (to as Partial<Viewed>)[VIEW];
    if (source !== undefined && target !== undefined) {
      copyWords(source, start, end, target, at);
      return;
    }
  }
  if (length >= SHIFTED_FROM && (isShared(from) || isShared(to))) {
    copyShared(from, start, end, to, at);
    return;
  }
  if (length > BYTES_MAX) {
    // Not `subarray`: that of a Buffer makes a Buffer, which takes longer.
    to.set(new Uint8Array(from.buffer, from.byteOffset + start, length), at);
    return;
  }
  let target = at;
  for (let i = start; i < end; i++) to[target++] = from[i]!;
}

/** Four bytes or more, two words a step. */
function copyWords(from: DataView, start: number, end: number, to: DataView, at: number): void {
  const last = end - 4;
  let source = start;
  let target = at;
  for (; source < last - 4; source += 8, target += 8) {
    const low = from.getInt32(source, true);
    const high = from.getInt32(source + 4, true);
    to.setInt32(target, low, true);
    to.setInt32(target + 4, high, true);
  }
  if (source < last) to.setInt32(target, from.getInt32(source, true), true);
  // The last word may take in bytes again that were copied already.
  to.setInt32(at + last - start, from.getInt32(last, true), true);
}

function isShared({ buffer }: Uint8Array): boolean {
  return buffer instanceof SharedArrayBuffer;
}

function copyShared(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const from8 = placeInWord(from, start);
  const to8 = placeInWord(to, at);
  const aligned = placeInWord(piece, 0) === 0 ? 0 : WORD_BYTES - placeInWord(piece, 0);
  // Whole words a step, so that every step finds the bytes in their words as the first one does.
  const step = PIECE_BYTES - 2 * WORD_BYTES;
  for (let source = start; source < end; source += step) {
    const length = Math.min(step, end - source);
    piece.set(new Uint8Array(from.buffer, from.byteOffset + source, length), aligned + from8);
    if (from8 !== to8) piece.copyWithin(aligned + to8, aligned + from8, aligned + from8 + length);
    const moved = new Uint8Array(piece.buffer, piece.byteOffset + aligned + to8, length);
    to.set(moved, at + source - start);
  }
}

/** How far a byte is from the beginning of its word. */
function placeInWord(bytes: Uint8Array, at: number): number {
  return (bytes.byteOffset + at) % WORD_BYTES;
}
