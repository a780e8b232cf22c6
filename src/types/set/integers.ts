/** Small sets of integers in intsets. Format: memory/intset.ts. */

import type { Arena } from "../../memory/arena.js";
import * as intset from "../../memory/intset.js";
import type { Memory, Ref } from "../../memory/memory.js";
import { digits } from "../../util/integer.js";
import type { Slice } from "../../util/slice.js";
import { contentStart, copyCompact, createCompact, withoutWaste, withRoom } from "../compact.js";

/** An intset without members. */
export function createIntset(arena: Arena): Ref {
  const box = createCompact(arena, intset.HEADER_SIZE);
  intset.create(arena.bytesOf(box), contentStart(arena, box));
  return box;
}

export function copyIntset(arena: Arena, box: Ref): Ref {
  const used = intset.totalBytes(arena.bytesOf(box), contentStart(arena, box));
  return copyCompact(arena, box, used, used);
}

/** The text as a member; null when it is no integer. */
export function memberOf({ bytes, start, end }: Slice): intset.Member | null {
  return intset.parseMember(bytes, start, end);
}

export function countIntegers(memory: Memory, box: Ref): number {
  return intset.count(memory.bytesOf(box), contentStart(memory, box));
}

export function integerAt(memory: Memory, box: Ref, index: number): intset.Member {
  return intset.get(memory.bytesOf(box), contentStart(memory, box), index);
}

export function hasInteger(memory: Memory, box: Ref, member: intset.Member): boolean {
  return intset.has(memory.bytesOf(box), contentStart(memory, box), member);
}

/** Adds a member that is absent; returns the block, perhaps another one. */
export function addInteger(arena: Arena, box: Ref, member: intset.Member): Ref {
  const bytes = arena.bytesOf(box);
  const base = contentStart(arena, box);
  const used = intset.totalBytes(bytes, base);
  const roomy = withRoom(arena, box, used, intset.sizeWith(bytes, base, member));
  intset.add(arena.bytesOf(roomy), contentStart(arena, roomy), member);
  return roomy;
}

/** Removes a member that is present; returns the block, perhaps another one. */
export function removeInteger(arena: Arena, box: Ref, member: intset.Member): Ref {
  const used = intset.totalBytes(arena.bytesOf(box), contentStart(arena, box));
  const owned = withRoom(arena, box, used, used);
  const left = intset.remove(arena.bytesOf(owned), contentStart(arena, owned), member);
  return withoutWaste(arena, owned, left);
}

/** The length of the longest member as text. */
export function longestInteger(memory: Memory, box: Ref): number {
  const count = countIntegers(memory, box);
  if (count === 0) return 0;
  return Math.max(lengthOf(integerAt(memory, box, 0)), lengthOf(integerAt(memory, box, count - 1)));
}

function lengthOf(member: intset.Member): number {
  return typeof member === "bigint" ? member.toString().length : digits(member);
}
