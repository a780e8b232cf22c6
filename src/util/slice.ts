/** A range of bytes: an argument, a field, a member, wherever it lies. */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** All of the bytes. */
export function sliceOf(bytes: Uint8Array): Slice {
  return { bytes, start: 0, end: bytes.length };
}

/** The slice's bytes where they are. */
export function viewOf({ bytes, start, end }: Slice): Uint8Array {
  return bytes.subarray(start, end);
}
