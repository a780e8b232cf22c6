/** Small collections: a listpack or an intset inside the entry (memory/entry.ts), which moves with it (memory/held.ts). */

import type { Entries, EntryTraits } from "../memory/entry.js";
import type { Ref } from "../memory/memory.js";
import { copy } from "../util/copy.js";
import type { Slice } from "../util/slice.js";

/** An entry with that content, of which a copy is taken, and which has been checked if it is from outside. */
export function createCompact(
  entries: Entries,
  key: Slice,
  traits: EntryTraits,
  { bytes, start, end }: Slice,
): Ref {
  const ref = entries.createInline(key, end - start, traits);
  copy(bytes, start, end, entries.memory.bytesOf(ref), entries.valueStart(ref));
  return ref;
}

/** An entry with the content of another one. */
export function copyCompact(entries: Entries, ref: Ref, key: Slice, traits: EntryTraits, used: number): Ref {
  const start = entries.valueStart(ref);
  return createCompact(entries, key, traits, { bytes: entries.valueBytes(ref), start, end: start + used });
}
