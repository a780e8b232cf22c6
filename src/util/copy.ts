/** Copies a range of bytes; a short one by a loop, which is faster than making a view of it. */
export function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > 96) {
    to.set(from.subarray(start, end), at);
    return;
  }
  let target = at;
  for (let i = start; i < end; i++) to[target++] = from[i]!;
}
