/** The sorted set: unique members, each with a score, in the order of score and then member. See zset/form.ts. */

import type { Entries, EntryTraits } from "../memory/entry.js";
import type { Key } from "../memory/key.js";
import { HEADER_BYTES, type Ref } from "../memory/memory.js";
import { formatG17 } from "../util/float.js";
import type { Slice } from "../util/slice.js";
import { compactFrom } from "./compact.js";
import { type ValueType, ZSET } from "./type.js";
import { Indexed } from "./zset/indexed.js";
import { Packed, PackedReader } from "./zset/packed.js";
import { readSortedSet } from "./zset/reader.js";
import { LISTPACK } from "./zset/sorted-set.js";

export { Element, type Visitor } from "./zset/element.js";
export { ABSENT, type FormReader } from "./zset/form.js";
export { membersIn } from "./zset/indexed.js";
export { readSortedSet } from "./zset/reader.js";
export { LISTPACK, type PackedLimits, SKIPLIST, SortedSet } from "./zset/sorted-set.js";

/** An entry with a valid listpack from outside; null when what it holds is no sorted set. */
export function adoptPacked(
  entries: Entries,
  key: Key,
  traits: Omit<EntryTraits, "type" | "encoding">,
  elements: Slice,
): Ref | null {
  const box = compactFrom(entries.memory, elements);
  if (!new PackedReader(entries.memory, box).isInOrder()) {
    entries.memory.free(box);
    return null;
  }
  const { access, expiry } = traits;
  return entries.createBoxed(key, box, { type: ZSET, encoding: LISTPACK, access, expiry });
}

/** A set with more elements is freed in slices. */
const FREED_AT_ONCE = 1024;

export const zsetType: ValueType = {
  number: ZSET,
  name: "zset",
  free(entries, ref) {
    const box = entries.box(ref);
    if (entries.encoding(ref) === LISTPACK) entries.memory.free(box);
    else new Indexed(entries).open(box).free();
    entries.memory.free(ref);
  },
  dismantle(entries, ref) {
    if (entries.encoding(ref) === LISTPACK) return null;
    const indexed = new Indexed(entries).open(entries.box(ref));
    if (indexed.count <= FREED_AT_ONCE) return null;
    entries.memory.free(ref);
    return indexed.dismantle();
  },
  copy(entries, ref, key, traits) {
    const arena = entries.memory;
    const box = entries.box(ref);
    if (entries.encoding(ref) !== LISTPACK) {
      return entries.createBoxed(key, new Indexed(entries).open(box).copy().box, traits);
    }
    const start = arena.offset(box) + HEADER_BYTES;
    const { length } = new Packed(arena, box).listpackBytes;
    const copied = Packed.from(arena, arena.bytesOf(box), start, start + length);
    return entries.createBoxed(key, copied.box, traits);
  },
  encoding: (entries, ref) => (entries.encoding(ref) === LISTPACK ? "listpack" : "skiplist"),
  bytes(entries, ref, samples) {
    const box = entries.box(ref);
    const packed = entries.encoding(ref) === LISTPACK;
    const value = packed ? entries.memory.sizeOf(box) : new Indexed(entries).open(box).bytesTaken(samples);
    return entries.memory.sizeOf(ref) + value;
  },
  digest(entries, ref, digest) {
    const elements = readSortedSet(entries, ref);
    elements.range(0, elements.count, ({ bytes, start, end, score }) => {
      const part = digest.part();
      part.mix(bytes.subarray(start, end));
      part.mix(Buffer.from(formatG17(score)));
      digest.addDigest(part);
    });
  },
};
