/** What the keyspace needs of sets. */

import { copyPacked } from "../packed.js";
import { copyTabled, dismantleTabled, freeTabled, tabledBytes } from "../tabled.js";
import { SET, type ValueType } from "../type.js";
import { copyIntset } from "./integers.js";
import { forEachMember, HASHTABLE, INTSET } from "./visit.js";

const NAMES = ["intset", "listpack", "hashtable"] as const;

export const setType: ValueType = {
  number: SET,
  name: "set",
  free(entries, ref) {
    if (entries.encoding(ref) === HASHTABLE) freeTabled(entries, entries.box(ref));
    else entries.memory.free(entries.box(ref));
    entries.memory.free(ref);
  },
  dismantle: (entries, ref) => (entries.encoding(ref) === HASHTABLE ? dismantleTabled(entries, ref) : null),
  copy(entries, ref, key, traits) {
    const box = entries.box(ref);
    const encoding = entries.encoding(ref);
    if (encoding === HASHTABLE) return entries.createBoxed(key, copyTabled(entries, box), traits);
    const copy = encoding === INTSET ? copyIntset : copyPacked;
    return entries.createBoxed(key, copy(entries.memory, box), traits);
  },
  encoding: (entries, ref) => NAMES[entries.encoding(ref)]!,
  bytes(entries, ref, samples) {
    const box = entries.box(ref);
    const tabled = entries.encoding(ref) === HASHTABLE;
    const value = tabled ? tabledBytes(entries, box, samples) : entries.memory.sizeOf(box);
    return entries.memory.sizeOf(ref) + value;
  },
  digest: (entries, ref, digest) => forEachMember(entries, ref, (member) => digest.add(member.copy())),
};
