/** What the keyspace needs of sets. */

import { copyPacked, packedBytes } from "../packed.js";
import { copyTabled, dismantleTabled, freeTabled, tabledBytes } from "../tabled.js";
import { SET, type ValueType } from "../type.js";
import { copyIntset, intsetBytes } from "./integers.js";
import { forEachMember, HASHTABLE, INTSET } from "./visit.js";

const NAMES = ["intset", "listpack", "hashtable"] as const;

export const setType: ValueType = {
  number: SET,
  name: "set",
  free(entries, ref) {
    if (entries.encoding(ref) === HASHTABLE) freeTabled(entries, entries.box(ref));
    entries.memory.free(ref);
  },
  dismantle: (entries, ref) => (entries.encoding(ref) === HASHTABLE ? dismantleTabled(entries, ref) : null),
  copy(entries, ref, key, traits) {
    const encoding = entries.encoding(ref);
    if (encoding === HASHTABLE) {
      return entries.createBoxed(key, copyTabled(entries, entries.box(ref)), traits);
    }
    const copy = encoding === INTSET ? copyIntset : copyPacked;
    return copy(entries, ref, key, traits);
  },
  inlineBytes: (entries, ref) => (entries.encoding(ref) === INTSET ? intsetBytes : packedBytes)(entries, ref),
  encoding: (entries, ref) => NAMES[entries.encoding(ref)]!,
  bytes(entries, ref, samples) {
    const tabled = entries.encoding(ref) === HASHTABLE;
    return entries.memory.sizeOf(ref) + (tabled ? tabledBytes(entries, entries.box(ref), samples) : 0);
  },
  digest: (entries, ref, digest) =>
    forEachMember(entries, ref, ({ bytes, start, end }) => digest.add(bytes.subarray(start, end))),
};
