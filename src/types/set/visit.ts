/** Reading a whole set, also a frozen one from another thread. */

import { DictReader } from "../../memory/dict.js";
import type { EntryReader } from "../../memory/entry.js";
import * as intset from "../../memory/intset.js";
import { Key } from "../../memory/key.js";
import * as listpack from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import type { Slice } from "../../util/slice.js";
import { packedCount } from "../packed.js";
import { Text } from "../text.js";
import { countIntegers } from "./integers.js";

/** Encodings of a set's entry. */
export const INTSET = 0;
export const LISTPACK = 1;
export const HASHTABLE = 2;

/** A member as a table shows it: with the hash that the table knows it by, so that nobody has to hash it again. */
export class TabledMember extends Key {}

/** Calls `visit` for every member; the set must not change meanwhile. What it is shown is valid during the call. */
export function forEachMember(entries: EntryReader, ref: Ref, visit: (member: Slice) => void): void {
  const encoding = entries.encoding(ref);
  if (encoding === HASHTABLE) {
    const tabled = new TabledMember();
    new DictReader(entries.memory, entries.box(ref)).forEach((element, hash) => {
      entries.showKey(element, tabled);
      tabled.hash = hash;
      visit(tabled);
    });
    return;
  }
  const member = new Text();
  const bytes = entries.memory.bytesOf(ref);
  const base = entries.valueStart(ref);
  if (encoding === INTSET) {
    const count = intset.count(bytes, base);
    for (let index = 0; index < count; index++) {
      member.setInteger(intset.get(bytes, base, index));
      visit(member);
    }
    return;
  }
  for (let at = listpack.first(bytes, base); at !== listpack.NONE; ) {
    at = member.readListpack(bytes, base, at);
    visit(member);
  }
}

/** How many members there are. */
export function countMembers(entries: EntryReader, ref: Ref): number {
  switch (entries.encoding(ref)) {
    case INTSET:
      return countIntegers(entries, ref);
    case LISTPACK:
      return packedCount(entries, ref);
    default:
      return new DictReader(entries.memory, entries.box(ref)).count;
  }
}
