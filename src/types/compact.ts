/**
 * Small collections: a listpack or an intset in one block, behind the block's header. A change first makes sure of a
 * block that may be written and is large enough; where it is another one, the caller hangs it in.
 */

import type { Arena } from "../memory/arena.js";
import { HEADER_BYTES, type Memory, type Ref } from "../memory/memory.js";
import { copy } from "../util/copy.js";
import type { Slice } from "../util/slice.js";

/** Smaller blocks are not worth making smaller. */
const SHRINK_FROM = 128;
/** Up to here a loop by words is faster than what it takes to begin a native copy. */
const WORDS_BYTES_MAX = 256;

/** Where the content begins, in bytes from the start of the chunk. */
export function contentStart(memory: Memory, box: Ref): number {
  return memory.offset(box) + HEADER_BYTES;
}

/** A block for a content of that size, which is undefined. */
export function createCompact(arena: Arena, size: number): Ref {
  return arena.allocate(HEADER_BYTES + size);
}

/** A block with a content from outside, which has been checked. */
export function compactFrom(arena: Arena, { bytes, start, end }: Slice): Ref {
  const box = createCompact(arena, end - start);
  copy(bytes, start, end, arena.bytesOf(box), contentStart(arena, box));
  return box;
}

/** The block itself if it may be written and takes `size` bytes, else a larger one with the same `used` bytes. */
export function withRoom(arena: Arena, box: Ref, used: number, size: number): Ref {
  if (arena.isMutable(box) && arena.sizeOf(box) - HEADER_BYTES >= size) return box;
  const moved = copyCompact(arena, box, used, Math.max(used, size));
  arena.free(box);
  return moved;
}

/** After a removal: the block itself, or a smaller one if most of it is empty. */
export function withoutWaste(arena: Arena, box: Ref, used: number): Ref {
  const bytes = arena.sizeOf(box);
  if (bytes < SHRINK_FROM || (HEADER_BYTES + used) * 2 > bytes) return box;
  const moved = copyCompact(arena, box, used, used);
  arena.free(box);
  return moved;
}

/** Another block with the same `used` bytes and room for `size`. */
export function copyCompact(arena: Arena, box: Ref, used: number, size: number): Ref {
  const copied = createCompact(arena, size);
  if (used > WORDS_BYTES_MAX) {
    const from = contentStart(arena, box);
    copy(arena.bytesOf(box), from, from + used, arena.bytesOf(copied), contentStart(arena, copied));
    return copied;
  }
  // Blocks begin at words, and end where a word does.
  const from = arena.wordsOf(box);
  const to = arena.wordsOf(copied);
  let at = arena.word(copied) + HEADER_BYTES / 4;
  const start = arena.word(box) + HEADER_BYTES / 4;
  const end = start + Math.ceil(used / 4);
  for (let word = start; word < end; word++) to[at++] = from[word]!;
  return copied;
}
