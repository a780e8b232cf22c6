/** The sorted set: unique members, each with a score, in the order of score and then member. See zset/form.ts. */

import type { Entries, EntryTraits } from "../memory/entry.js";
import type { Key } from "../memory/key.js";
import type { Ref } from "../memory/memory.js";
import { formatG17 } from "../util/float.js";
import type { Slice } from "../util/slice.js";
import { createCompact } from "./compact.js";
import { copyPacked, packedBytes } from "./packed.js";
import { type ValueType, ZSET } from "./type.js";
import { Indexed } from "./zset/indexed.js";
import { PackedReader } from "./zset/packed.js";
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
  if (!new PackedReader(elements.bytes, elements.start).isInOrder()) return null;
  const { access, expiry } = traits;
  return createCompact(entries, key, { type: ZSET, encoding: LISTPACK, access, expiry }, elements);
}

/** A set with more elements is freed in slices. */
const FREED_AT_ONCE = 1024;

export const zsetType: ValueType = {
  number: ZSET,
  name: "zset",
  free(entries, ref) {
    if (entries.encoding(ref) !== LISTPACK) Indexed.of(entries, ref).free();
    entries.memory.free(ref);
  },
  dismantle(entries, ref) {
    if (entries.encoding(ref) === LISTPACK) return null;
    const indexed = Indexed.of(entries, ref);
    if (indexed.count <= FREED_AT_ONCE) return null;
    entries.memory.free(ref);
    return indexed.dismantle();
  },
  copy(entries, ref, key, traits, hasher) {
    if (entries.encoding(ref) === LISTPACK) return copyPacked(entries, ref, key, traits);
    return Indexed.of(entries, ref).copy(key, traits, hasher);
  },
  inlineBytes: packedBytes,
  encoding: (entries, ref) => (entries.encoding(ref) === LISTPACK ? "listpack" : "skiplist"),
  bytes(entries, ref, samples) {
    const indexed = entries.encoding(ref) !== LISTPACK;
    return entries.memory.sizeOf(ref) + (indexed ? Indexed.of(entries, ref).bytesTaken(samples) : 0);
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
