/** Reading a whole hash, also a frozen one from another thread. */

import { DictReader } from "../../memory/dict.js";
import type { EntryReader } from "../../memory/entry.js";
import * as listpack from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { packedCount } from "../packed.js";
import { Text } from "../text.js";

/** Encodings of a hash's entry. */
export const LISTPACK = 0;
export const HASHTABLE = 1;

/**
 * Calls `visit` for every field; the hash must not change meanwhile. It is shown in `field` and `value`, during the call.
 */
export function forEachField(
  entries: EntryReader,
  ref: Ref,
  visit: (field: Text, value: Text) => void,
  field: Text = new Text(),
  value: Text = new Text(),
): void {
  if (entries.encoding(ref) === HASHTABLE) {
    new DictReader(entries.memory, entries.box(ref)).forEach((element) => {
      field.readKey(entries, element);
      value.readValue(entries, element);
      visit(field, value);
    });
    return;
  }
  const bytes = entries.memory.bytesOf(ref);
  const base = entries.valueStart(ref);
  for (let at = listpack.first(bytes, base); at !== listpack.NONE; ) {
    at = value.readListpack(bytes, base, field.readListpack(bytes, base, at));
    visit(field, value);
  }
}

/** How many fields there are. */
export function countFields(entries: EntryReader, ref: Ref): number {
  if (entries.encoding(ref) !== HASHTABLE) return packedCount(entries, ref) >>> 1;
  return new DictReader(entries.memory, entries.box(ref)).count;
}
