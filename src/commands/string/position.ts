/** Positions in a string as arguments give them: from its start, or negative from its end. */

/** The position counted from the start; one before the start is the start. */
export function fromStart(position: number, length: number): number {
  return position >= 0 ? position : Math.max(0, length + position);
}

/** The last position of a range, counted from the start, inside the string; -1 of an empty one. */
export function lastFromStart(position: number, length: number): number {
  return Math.min(fromStart(position, length), length - 1);
}
