/** Small sets of integers in intsets. Format: memory/intset.ts. */

import type { Entries, EntryReader, EntryTraits } from "../../memory/entry.js";
import type { Held } from "../../memory/held.js";
import * as intset from "../../memory/intset.js";
import type { Ref } from "../../memory/memory.js";
import { digits } from "../../util/integer.js";
import type { Slice } from "../../util/slice.js";
import { copyCompact } from "../compact.js";
import { Text } from "../text.js";

/** An entry with an empty intset. */
export function createIntset(entries: Entries, key: Slice, traits: EntryTraits): Ref {
  const ref = entries.createInline(key, intset.HEADER_SIZE, traits);
  intset.create(entries.valueBytes(ref), entries.valueStart(ref));
  return ref;
}

export function copyIntset(entries: Entries, ref: Ref, key: Slice, traits: EntryTraits): Ref {
  return copyCompact(entries, ref, key, traits, intsetBytes(entries, ref));
}

/** The size of the intset. */
export function intsetBytes(entries: EntryReader, ref: Ref): number {
  return intset.totalBytes(entries.memory.bytesOf(ref), entries.valueStart(ref));
}

/** The text as a member; null when it is no integer. */
export function memberOf({ bytes, start, end }: Slice): intset.Member | null {
  return intset.parseMember(bytes, start, end);
}

export function countIntegers(entries: EntryReader, ref: Ref): number {
  return intset.count(entries.memory.bytesOf(ref), entries.valueStart(ref));
}

export function integerAt(entries: EntryReader, ref: Ref, index: number): intset.Member {
  return intset.get(entries.memory.bytesOf(ref), entries.valueStart(ref), index);
}

export function hasInteger(entries: EntryReader, ref: Ref, member: intset.Member): boolean {
  return intset.has(entries.memory.bytesOf(ref), entries.valueStart(ref), member);
}

/**
 * Calls `visit` for every member that intsets have in common, of which the first is the smallest, until it returns false.
 */
export function forEachCommonInteger(
  entries: EntryReader,
  refs: readonly Ref[],
  visit: (member: Slice) => boolean,
): void {
  const walks = refs.map((ref) => new intset.Walk(entries.memory.bytesOf(ref), entries.valueStart(ref)));
  const smallest = walks.shift()!;
  const text = new Text();
  for (let index = 0; index < smallest.count; index++) {
    const member = smallest.get(index);
    let at = 0;
    while (at < walks.length && walks[at]!.reaches(member)) at++;
    if (at < walks.length) continue;
    text.setInteger(member);
    if (!visit(text)) return;
  }
}

/** Adds a member that is absent. */
export function addInteger(held: Held, member: intset.Member): void {
  const { entries, ref } = held;
  const { memory } = entries;
  const size = intset.sizeWith(memory.bytesOf(ref), entries.valueStart(ref), member);
  const base = held.makeRoom(intsetBytes(entries, ref), size);
  intset.add(memory.bytesOf(held.ref), base, member);
}

/** Removes a member that is present. */
export function removeInteger(held: Held, member: intset.Member): void {
  const { entries } = held;
  const used = intsetBytes(entries, held.ref);
  const base = held.makeRoom(used, used);
  held.trim(intset.remove(entries.memory.bytesOf(held.ref), base, member));
}

/** The length of the longest member as text. */
export function longestInteger(entries: EntryReader, ref: Ref): number {
  const count = countIntegers(entries, ref);
  if (count === 0) return 0;
  return Math.max(lengthOf(integerAt(entries, ref, 0)), lengthOf(integerAt(entries, ref, count - 1)));
}

function lengthOf(member: intset.Member): number {
  return typeof member === "bigint" ? member.toString().length : digits(member);
}
