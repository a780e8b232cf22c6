/**
 * The types of values, by the numbers that Redis gives them (they are visible in DEBUG DIGEST), and what the keyspace
 * needs to know of each: how to free, copy and name a value. A type registers itself in `types.ts`.
 */

import type { Entries, EntryReader, EntryTraits } from "../memory/entry.js";
import type { Hasher, Key } from "../memory/key.js";
import type { Ref } from "../memory/memory.js";
import type { Digest } from "./digest.js";
import type { Remains } from "./tabled.js";

export const STRING = 0;
export const LIST = 1;
export const SET = 2;
export const ZSET = 3;
export const HASH = 4;
/** Every type's number is below. */
export const TYPES = 5;

export interface ValueType {
  readonly number: number;
  /** As TYPE replies it. */
  readonly name: string;
  /** Frees the entry and everything below it. */
  free(entries: Entries, ref: Ref): void;
  /**
   * For types whose values may be too large to be freed at once: frees the entry and gives back what is left of its
   * value, or null (and does nothing) when `free` is quick enough.
   */
  dismantle?(entries: Entries, ref: Ref): Remains | null;
  /** An entry with another key and an equal value; `hasher` is that of the elements. */
  copy(entries: Entries, ref: Ref, key: Key, traits: EntryTraits, hasher: Hasher): Ref;
  /** Bytes of a value that is inline. */
  inlineBytes(entries: EntryReader, ref: Ref): number;
  /** As OBJECT ENCODING replies it. */
  encoding(entries: Entries, ref: Ref): string;
  /** Bytes that the entry and everything below it take; may estimate from `samples` elements, 0 means all. */
  bytes(entries: Entries, ref: Ref, samples: number): number;
  /** Puts the value into a digest that already knows the key and the type, for DEBUG DIGEST. */
  digest(entries: Entries, ref: Ref, digest: Digest): void;
}
