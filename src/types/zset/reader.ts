/** Reads the sorted sets of entries, also those of a frozen snapshot from another thread. */

import type { EntryReader } from "../../memory/entry.js";
import type { Memory, Ref } from "../../memory/memory.js";
import type { FormReader } from "./form.js";
import { IndexedReader } from "./indexed.js";
import { PackedReader } from "./packed.js";
import { LISTPACK } from "./sorted-set.js";

/** The elements of the sorted set at an entry, in order. */
export function readSortedSet<M extends Memory>(entries: EntryReader<M>, ref: Ref): FormReader {
  const { memory } = entries;
  if (entries.encoding(ref) === LISTPACK)
    return new PackedReader(memory.bytesOf(ref), entries.valueStart(ref));
  return IndexedReader.open(memory, entries.box(ref));
}
