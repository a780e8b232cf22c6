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
  const size = isInteger(bytes, at) ? replyInteger(reply, bytes, at) : replyString(reply, bytes, at);
  return bytes[at + size] === TERMINATOR ? NONE : position + size;
}

/** Replies with an integer; returns the size of its entry. */
function replyInteger(reply: Reply, bytes: Uint8Array, at: number): number {
  const value = integerAt(bytes, at);
  if (Number.isNaN(value)) reply.text(bigAt(bytes, at).toString());
  else reply.bulkInteger(value);
  return entrySize(bytes, at);
}

function replyString(reply: Reply, bytes: Uint8Array, at: number): number {
  const start = stringStart(bytes, at);
  const end = start + stringLength(bytes, at);
  reply.bulk(bytes, start, end);
  return end - at + backlenSize(end - at);
}
