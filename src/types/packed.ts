/** Small collections in listpacks: the steps that hashes and sets share. Format: memory/listpack/format.ts. */

import type { Arena } from "../memory/arena.js";
import * as listpack from "../memory/listpack.js";
import type { Memory, Ref } from "../memory/memory.js";
import type { Slice } from "../util/slice.js";
import { contentStart, copyCompact, createCompact, withoutWaste, withRoom } from "./compact.js";

/** A listpack without entries. */
export function createPacked(arena: Arena): Ref {
  const box = createCompact(arena, listpack.EMPTY_SIZE);
  listpack.create(arena.bytesOf(box), contentStart(arena, box));
  return box;
}

export function copyPacked(arena: Arena, box: Ref): Ref {
  const used = packedBytes(arena, box);
  return copyCompact(arena, box, used, used);
}

/** The size of the listpack itself. */
export function packedBytes(memory: Memory, box: Ref): number {
  return listpack.totalBytes(memory.bytesOf(box), contentStart(memory, box));
}

export function packedCount(memory: Memory, box: Ref): number {
  return listpack.count(memory.bytesOf(box), contentStart(memory, box));
}

/** The position of the entry that is `wanted`, among every (skip + 1)th one, or NONE. */
export function findPacked(memory: Memory, box: Ref, wanted: Slice, skip: number): number {
  const bytes = memory.bytesOf(box);
  const base = contentStart(memory, box);
  const first = listpack.first(bytes, base);
  return listpack.find(bytes, base, first, wanted.bytes, wanted.start, wanted.end, skip);
}

/** The position after `position`, or NONE. */
export function nextPacked(memory: Memory, box: Ref, position: number): number {
  return listpack.next(memory.bytesOf(box), contentStart(memory, box), position);
}

/** Appends an element; returns the block, perhaps another one. */
export function appendPacked(arena: Arena, box: Ref, { bytes, start, end }: Slice): Ref {
  const used = packedBytes(arena, box);
  const roomy = withRoom(arena, box, used, used + listpack.encodedSize(bytes, start, end));
  listpack.append(arena.bytesOf(roomy), contentStart(arena, roomy), bytes, start, end);
  return roomy;
}

/** Puts another element in the place of one; returns the block, perhaps another one. */
export function replacePacked(arena: Arena, box: Ref, position: number, { bytes, start, end }: Slice): Ref {
  const used = packedBytes(arena, box);
  const old = contentStart(arena, box);
  const growth = listpack.replaceGrowth(arena.bytesOf(box), old, position, bytes, start, end);
  const roomy = withRoom(arena, box, used, used + growth);
  listpack.replace(arena.bytesOf(roomy), contentStart(arena, roomy), position, bytes, start, end);
  return roomy;
}

/** Removes `count` entries from a position on; returns the block, perhaps another one. */
export function removePacked(arena: Arena, box: Ref, position: number, count: number): Ref {
  const used = packedBytes(arena, box);
  const owned = withRoom(arena, box, used, used);
  const left = listpack.remove(arena.bytesOf(owned), contentStart(arena, owned), position, count);
  return withoutWaste(arena, owned, left);
}

/** The positions of every (skip + 1)th entry. */
export function packedPositions(memory: Memory, box: Ref, skip: number): number[] {
  const bytes = memory.bytesOf(box);
  const base = contentStart(memory, box);
  const positions: number[] = [];
  let index = 0;
  for (let at = listpack.first(bytes, base); at !== listpack.NONE; at = listpack.next(bytes, base, at)) {
    if (index++ % (skip + 1) === 0) positions.push(at);
  }
  return positions;
}

/** The position of the entry with that index. */
export function seekPacked(memory: Memory, box: Ref, index: number): number {
  return listpack.seek(memory.bytesOf(box), contentStart(memory, box), index);
}
