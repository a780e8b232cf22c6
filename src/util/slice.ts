/** A range of bytes: an argument, a field, a member, wherever it lies. */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}
