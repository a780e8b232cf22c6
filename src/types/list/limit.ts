/**
 * How large a node of a list may be: the directive list-max-listpack-size, called `fill` here. From -1 to -5 it is a
 * number of bytes (below -5 as -5); else a number of elements, 0 meaning 1, in at most 8 KiB.
 *
 * These are Redis's rules to the byte, its estimate included, since OBJECT ENCODING shows what comes of them.
 */

import { EMPTY_SIZE } from "../../memory/listpack.js";
import { FIRST_START } from "./node.js";

/** The directives that say how a list is laid out. */
export interface ListLimits {
  readonly "list-max-listpack-size": number;
  readonly "list-compress-depth": number;
}

const NODE_BYTES: readonly number[] = [4096, 8192, 16384, 32768, 65536];
/** The bytes that a limit of elements does not let a node exceed. */
const COUNTED_BYTES_MAX = 8192;
/** What one element more is taken to need besides its text. */
const ELEMENT_OVERHEAD = 8;

function bytesMax(fill: number): number {
  return fill < 0 ? NODE_BYTES[Math.min(-fill, NODE_BYTES.length) - 1]! : Number.POSITIVE_INFINITY;
}

/**
 * The size of a block for a node that will be full of elements like one, with `length` bytes of text and `size` bytes in
 * a listpack; 0 when elements are counted and not bytes. The last one may bring it some bytes beyond the limit.
 */
export function fullNodeBytes(fill: number, length: number, size: number): number {
  if (fill >= 0) return 0;
  const limit = bytesMax(fill);
  const others = Math.floor((limit - EMPTY_SIZE - length - ELEMENT_OVERHEAD) / size);
  return Math.max(limit, FIRST_START + EMPTY_SIZE + (others + 1) * size);
}

function countMax(fill: number): number {
  return fill < 0 ? Number.POSITIVE_INFINITY : Math.max(fill, 1);
}

/** Whether a listpack of so many bytes and elements is too large. */
export function exceeds(fill: number, bytes: number, count: number): boolean {
  if (fill < 0) return bytes > bytesMax(fill);
  return bytes > COUNTED_BYTES_MAX || count > countMax(fill);
}

/** Whether a node takes an element of `length` bytes of text. */
export function takes(fill: number, bytes: number, count: number, length: number): boolean {
  return !exceeds(fill, bytes + length + ELEMENT_OVERHEAD, count + 1);
}

/** Whether the only node of a list is so small that the list becomes a listpack again: at half the limit. */
export function isSmall(fill: number, bytes: number, count: number): boolean {
  return bytes <= bytesMax(fill) / 2 && count <= Math.floor(countMax(fill) / 2);
}
