/** Small collections in listpacks: the steps that their types share. Format: memory/listpack/format.ts. */

import type { Entries, EntryReader, EntryTraits } from "../memory/entry.js";
import type { Held } from "../memory/held.js";
import * as listpack from "../memory/listpack.js";
import type { Ref } from "../memory/memory.js";
import type { Slice } from "../util/slice.js";
import { copyCompact } from "./compact.js";

/** An entry with an empty listpack, and with room for elements that take so many bytes. */
export function createPacked(entries: Entries, key: Slice, traits: EntryTraits, room = 0): Ref {
  const ref = entries.createInline(key, listpack.EMPTY_SIZE + room, traits);
  listpack.create(entries.valueBytes(ref), entries.valueStart(ref));
  return ref;
}

export function copyPacked(entries: Entries, ref: Ref, key: Slice, traits: EntryTraits): Ref {
  return copyCompact(entries, ref, key, traits, packedBytes(entries, ref));
}

/** The size of the listpack. */
export function packedBytes(entries: EntryReader, ref: Ref): number {
  return listpack.totalBytes(entries.memory.bytesOf(ref), entries.valueStart(ref));
}

export function packedCount(entries: EntryReader, ref: Ref): number {
  return listpack.count(entries.memory.bytesOf(ref), entries.valueStart(ref));
}

/** The position of the entry that is `wanted`, among every (skip + 1)th one, or NONE. */
export function findPacked(entries: EntryReader, ref: Ref, wanted: Slice, skip: number): number {
  const bytes = entries.memory.bytesOf(ref);
  const base = entries.valueStart(ref);
  const first = listpack.first(bytes, base);
  return listpack.find(bytes, base, first, wanted.bytes, wanted.start, wanted.end, skip);
}

/** The position after `position`, or NONE. */
export function nextPacked(entries: EntryReader, ref: Ref, position: number): number {
  return listpack.next(entries.memory.bytesOf(ref), entries.valueStart(ref), position);
}

/** Makes room for `growth` bytes more. Gives back where the listpack begins in its chunk. */
export function growPacked(held: Held, growth: number): number {
  const used = packedBytes(held.entries, held.ref);
  return held.makeRoom(used, used + growth);
}

/** Appends an element. If another one follows, `next` bytes of it, there is room for that as well. */
export function appendPacked(held: Held, { bytes, start, end }: Slice, next = 0): void {
  const base = growPacked(held, listpack.encodedSize(bytes, start, end) + next);
  listpack.append(held.entries.memory.bytesOf(held.ref), base, bytes, start, end);
}

/** Puts another element in the place of one. */
export function replacePacked(held: Held, position: number, { bytes, start, end }: Slice): void {
  const { entries, ref } = held;
  const { memory } = entries;
  const old = entries.valueStart(ref);
  const base = growPacked(
    held,
    listpack.replaceGrowth(memory.bytesOf(ref), old, position, bytes, start, end),
  );
  listpack.replace(memory.bytesOf(held.ref), base, position, bytes, start, end);
}

/** Removes `count` entries from a position on. */
export function removePacked(held: Held, position: number, count: number): void {
  const base = growPacked(held, 0);
  held.trim(listpack.remove(held.entries.memory.bytesOf(held.ref), base, position, count));
}

/** The positions of every (skip + 1)th entry. */
export function packedPositions(entries: EntryReader, ref: Ref, skip: number): number[] {
  const bytes = entries.memory.bytesOf(ref);
  const base = entries.valueStart(ref);
  const positions: number[] = [];
  let index = 0;
  for (let at = listpack.first(bytes, base); at !== listpack.NONE; at = listpack.next(bytes, base, at)) {
    if (index++ % (skip + 1) === 0) positions.push(at);
  }
  return positions;
}

/** The position of the entry with that index. */
export function seekPacked(entries: EntryReader, ref: Ref, index: number): number {
  return listpack.seek(entries.memory.bytesOf(ref), entries.valueStart(ref), index);
}
