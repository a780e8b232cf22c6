/**
 * A node of a list: a block that holds a listpack. A small list is one node and nothing else.
 *
 *     word 0, 1   block header
 *     word 2      where the listpack begins, in bytes from the beginning of the block
 *
 * There may be room before and behind the listpack. So neither end of a list moves the elements of its node when it
 * grows or shrinks by one; when the room is at the wrong end, they move once for many.
 *
 * A node inside a long list may be compressed (compression.ts):
 *
 *     word 2      the bytes that the compressed listpack has, negative
 *     word 3      the bytes that it has uncompressed
 *     word 4      elements
 *     from 5      the listpack compressed by LZF
 *
 * Word 2 of a node that it was tried for in vain has the bit INCOMPRESSIBLE besides.
 */

import type { Arena } from "../../memory/arena.js";
import * as listpack from "../../memory/listpack.js";
import { HEADER_BYTES, type Memory, type Ref } from "../../memory/memory.js";
import { copy } from "../../util/copy.js";
import type { Slice } from "../../util/slice.js";

export const START = 2;
export const UNCOMPRESSED_BYTES = 3;
export const COUNT = 4;
/** Where the compressed listpack begins. */
export const COMPRESSED_START = 20;
export const INCOMPRESSIBLE = 0x40000000;
const START_MASK = INCOMPRESSIBLE - 1;
/** Where a listpack may begin. */
export const FIRST_START = HEADER_BYTES + 4;
/** The largest block that shares a slab with others: a full node of the default size hardly ever exceeds it. */
const SLAB_BYTES_MAX = 8192;
/** A full node of the default size never exceeds this. */
const DEFAULT_BYTES_MAX = FIRST_START + 8192;
/** Up to here it matters more how much room a list leaves empty than how often it is moved. */
const SMALL_BYTES = 512;
/** A block smaller than this is not worth moving to a smaller one. */
const SHRINK_BYTES_MIN = 64;

/** Whether what the node holds is compressed. */
export function isCompressed(memory: Memory, node: Ref): boolean {
  return memory.read(node, START) < 0;
}

/** Where the listpack begins in its chunk. */
export function baseOf(memory: Memory, node: Ref): number {
  return memory.offset(node) + startIn(memory, node);
}

/** Bytes of the node's listpack. */
export function bytesIn(memory: Memory, node: Ref): number {
  if (isCompressed(memory, node)) return memory.read(node, UNCOMPRESSED_BYTES);
  return listpack.totalBytes(memory.bytesOf(node), baseOf(memory, node));
}

/** Elements of the node. */
export function countIn(memory: Memory, node: Ref): number {
  if (isCompressed(memory, node)) return memory.read(node, COUNT);
  return listpack.count(memory.bytesOf(node), baseOf(memory, node));
}

/** An empty node with room for a listpack of `bytes`. */
export function createNode(arena: Arena, bytes: number): Ref {
  const node = arena.allocate(FIRST_START + bytes);
  setStart(arena, node, FIRST_START);
  listpack.create(arena.bytesOf(node), baseOf(arena, node));
  return node;
}

/** A node that holds one element; its block has at least `room` bytes. */
export function nodeOf(arena: Arena, value: Uint8Array, start: number, end: number, room = 0): Ref {
  const needed = listpack.EMPTY_SIZE + listpack.encodedSize(value, start, end);
  const node = createNode(arena, Math.max(needed, room - FIRST_START));
  listpack.append(arena.bytesOf(node), baseOf(arena, node), value, start, end);
  return node;
}

/** A node with a listpack from outside, which has been checked. */
export function nodeFrom(arena: Arena, { bytes, start, end }: Slice): Ref {
  const node = arena.allocate(FIRST_START + end - start);
  setStart(arena, node, FIRST_START);
  copy(bytes, start, end, arena.bytesOf(node), baseOf(arena, node));
  return node;
}

// Each change gives back the node, or what is to be hung in its place.

/** Inserts value[start, end) at a position. */
export function insertAt(
  arena: Arena,
  node: Ref,
  position: number,
  value: Uint8Array,
  start: number,
  end: number,
): Ref {
  const size = listpack.encodedSize(value, start, end);
  if (position === listpack.HEADER_SIZE) {
    const target = roomBefore(arena, node, size);
    listpack.prependBefore(arena.bytesOf(target), baseOf(arena, target), size, value, start, end);
    setStart(arena, target, startIn(arena, target) - size);
    return target;
  }
  const target = roomBehind(arena, node, bytesIn(arena, node) + size);
  listpack.insert(arena.bytesOf(target), baseOf(arena, target), position, value, start, end);
  return target;
}

/** Replaces the element at a position by value[start, end). */
export function replaceAt(
  arena: Arena,
  node: Ref,
  position: number,
  value: Uint8Array,
  start: number,
  end: number,
): Ref {
  const target = roomBehind(arena, node, sizeReplaced(arena, node, position, value, start, end));
  listpack.replace(arena.bytesOf(target), baseOf(arena, target), position, value, start, end);
  return fit(arena, target);
}

/** Bytes of the listpack if the element at a position were replaced. */
export function sizeReplaced(
  arena: Arena,
  node: Ref,
  position: number,
  value: Uint8Array,
  start: number,
  end: number,
): number {
  const growth = listpack.replaceGrowth(
    arena.bytesOf(node),
    baseOf(arena, node),
    position,
    value,
    start,
    end,
  );
  return bytesIn(arena, node) + growth;
}

/** Removes up to `count` elements from a position on. A node that `keepsRoom` stays as large as it is. */
export function removeAt(arena: Arena, node: Ref, position: number, count: number, keepsRoom = false): Ref {
  const target = arena.own(node);
  const bytes = arena.bytesOf(target);
  const base = baseOf(arena, target);
  if (position === listpack.HEADER_SIZE) {
    setStart(arena, target, startIn(arena, target) + listpack.removeFirst(bytes, base, count));
  } else listpack.remove(bytes, base, position, count);
  return keepsRoom ? target : fit(arena, target);
}

/** Removes up to `most` elements that are value[start, end), from the first on or from the last on. */
export function removeEqual(
  arena: Arena,
  node: Ref,
  value: Uint8Array,
  start: number,
  end: number,
  most: number,
  fromTail: boolean,
): Ref {
  const base = baseOf(arena, node);
  if (
    listpack.find(arena.bytesOf(node), base, listpack.first(arena.bytesOf(node), base), value, start, end) < 0
  )
    return node;
  const target = arena.own(node);
  if (fromTail) removeBackward(arena.bytesOf(target), baseOf(arena, target), value, start, end, most);
  else removeForward(arena.bytesOf(target), baseOf(arena, target), value, start, end, most);
  return fit(arena, target);
}

function removeForward(
  bytes: Uint8Array,
  base: number,
  value: Uint8Array,
  start: number,
  end: number,
  most: number,
): void {
  let from = listpack.first(bytes, base);
  for (let left = most; left > 0; left--) {
    const at = listpack.find(bytes, base, from, value, start, end);
    if (at === listpack.NONE) return;
    if (listpack.remove(bytes, base, at) === at + 1) return;
    from = at;
  }
}

function removeBackward(
  bytes: Uint8Array,
  base: number,
  value: Uint8Array,
  start: number,
  end: number,
  most: number,
): void {
  let left = most;
  for (let at = listpack.last(bytes, base); at !== listpack.NONE && left > 0; ) {
    if (listpack.equals(bytes, base, at, value, start, end)) {
      listpack.remove(bytes, base, at);
      left--;
    }
    at = listpack.previous(bytes, base, at);
  }
}

/** Makes the listpack changeable, with room to grow to `bytes` where it begins. */
function roomBehind(arena: Arena, node: Ref, bytes: number): Ref {
  const size = arena.sizeOf(node);
  if (FIRST_START + bytes > size) return moveTo(arena, node, roomier(FIRST_START + bytes), false);
  const target = arena.own(node);
  if (startIn(arena, target) + bytes > size) slide(arena, target, FIRST_START);
  return target;
}

/** Makes the listpack changeable, with room for `more` bytes before it. */
function roomBefore(arena: Arena, node: Ref, more: number): Ref {
  const size = arena.sizeOf(node);
  const total = bytesIn(arena, node);
  if (FIRST_START + total + more > size)
    return moveTo(arena, node, roomier(FIRST_START + total + more), true);
  const target = arena.own(node);
  if (startIn(arena, target) - more < FIRST_START) slide(arena, target, size - total);
  return target;
}

/**
 * An eighth more, as size classes are apart, or of what is no longer small a quarter: most lists that come so far fill
 * their node, which is moved each time. What fits the slabs stays there, and what is full gets no more than it needs.
 */
function roomier(bytes: number): number {
  const wanted = bytes + (bytes >>> (bytes < SMALL_BYTES ? 3 : 2));
  if (bytes <= SLAB_BYTES_MAX) return Math.min(wanted, SLAB_BYTES_MAX);
  return bytes <= DEFAULT_BYTES_MAX ? bytes : wanted;
}

/** Gives back what a mutable node no longer needs, once that is more than half of it. */
function fit(arena: Arena, node: Ref): Ref {
  const size = arena.sizeOf(node);
  const needed = FIRST_START + bytesIn(arena, node);
  return size < SHRINK_BYTES_MIN || needed * 2 >= size ? node : moveTo(arena, node, needed, false);
}

/** Moves the listpack inside its mutable node. */
function slide(arena: Arena, node: Ref, start: number): void {
  const base = baseOf(arena, node);
  const end = base + bytesIn(arena, node);
  arena.bytesOf(node).copyWithin(arena.offset(node) + start, base, end);
  setStart(arena, node, start);
}

function startIn(memory: Memory, node: Ref): number {
  return memory.read(node, START) & START_MASK;
}

function setStart(arena: Arena, node: Ref, start: number): void {
  arena.wordsOf(node)[arena.word(node) + START] = start;
}

/** The listpack in another block, at its end or at its beginning; the old one is freed. */
function moveTo(arena: Arena, node: Ref, bytes: number, atEnd: boolean): Ref {
  const moved = arena.allocate(bytes);
  const base = baseOf(arena, node);
  const total = bytesIn(arena, node);
  setStart(arena, moved, atEnd ? arena.sizeOf(moved) - total : FIRST_START);
  arena.bytesOf(moved).set(arena.bytesOf(node).subarray(base, base + total), baseOf(arena, moved));
  arena.free(node);
  return moved;
}
