/** How much room a new small collection is given, so that it does not move with each element of the same command. */

import type { Call } from "../engine/call.js";
import { encodedSize } from "../memory/listpack.js";

/** No more than this, which the same element coming twice may waste. */
const ROOM_BYTES_MAX = 1024;

/** Bytes that the arguments from one on take in a listpack. */
export function roomFor(call: Call, from: number): number {
  let bytes = 0;
  for (let at = from; at < call.argc && bytes < ROOM_BYTES_MAX; at++) {
    const { bytes: text, start, end } = call.slice(at);
    bytes += encodedSize(text, start, end);
  }
  return Math.min(bytes, ROOM_BYTES_MAX);
}
