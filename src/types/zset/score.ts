/** Scores as the listpack of a small sorted set holds them: integers, or the text of a double. */

import { formatDouble } from "../../util/float.js";

/** Whether the score is held as an integer: so is -0, which loses its sign. */
export function isWhole(score: number): boolean {
  return Number.isSafeInteger(score);
}

/** The text of a score that is not held as an integer. */
export function scoreText(score: number): Uint8Array {
  return Buffer.from(formatDouble(score), "latin1");
}
