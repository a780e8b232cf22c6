/** Replying with the elements of collections where they lie, without making anything for them. */

import {
  backlenSize,
  bigAt,
  entrySize,
  integerAt,
  isInteger,
  NONE,
  stringLength,
  stringStart,
  TERMINATOR,
} from "../memory/listpack.js";
import type { Reply } from "../resp/reply.js";

/**
 * Replies with the entry of a listpack at a position as a bulk string; returns the position of the following one, or
 * NONE.
 */
export function replyEntry(reply: Reply, bytes: Uint8Array, base: number, position: number): number {
  const at = base + position;
  let size: number;
  if (isInteger(bytes, at)) {
    const value = integerAt(bytes, at);
    if (Number.isNaN(value)) reply.text(bigAt(bytes, at).toString());
    else reply.bulkInteger(value);
    size = entrySize(bytes, at);
  } else {
    const start = stringStart(bytes, at);
    const end = start + stringLength(bytes, at);
    reply.bulk(bytes, start, end);
    size = end - at + backlenSize(end - at);
  }
  return bytes[at + size] === TERMINATOR ? NONE : position + size;
}
