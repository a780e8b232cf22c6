/** Replying with the elements of collections where they lie, without making anything for them. */

import {
  backlenSize,
  bigAt,
  entrySize,
  first,
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
  const head = bytes[at]!;
  let size: number;
  // The two forms that most strings have are told by one look at the first byte: long replies consist of this.
  if (head >= 0x80 && head < 0xc0) size = replyString(reply, bytes, at, 1, head & 0x3f);
  else if (head >= 0xe0 && head < 0xf0)
    size = replyString(reply, bytes, at, 2, ((head & 0x0f) << 8) | bytes[at + 1]!);
  else if (isInteger(bytes, at)) size = replyInteger(reply, bytes, at);
  else size = replyString(reply, bytes, at, stringStart(bytes, at) - at, stringLength(bytes, at));
  return bytes[at + size] === TERMINATOR ? NONE : position + size;
}

/** Replies with every entry of a listpack as a bulk string. */
export function replyEntries(reply: Reply, bytes: Uint8Array, base: number): void {
  for (let at = first(bytes, base); at !== NONE; ) at = replyEntry(reply, bytes, base, at);
}

/** Replies with an integer; returns the size of its entry. */
function replyInteger(reply: Reply, bytes: Uint8Array, at: number): number {
  const value = integerAt(bytes, at);
  if (Number.isNaN(value)) reply.text(bigAt(bytes, at).toString());
  else reply.bulkInteger(value);
  return entrySize(bytes, at);
}

/** Replies with a string of `length` bytes behind `head` bytes; returns the size of its entry. */
function replyString(reply: Reply, bytes: Uint8Array, at: number, head: number, length: number): number {
  reply.bulk(bytes, at + head, at + head + length);
  return head + length + backlenSize(head + length);
}
