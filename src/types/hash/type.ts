/** What the keyspace needs of hashes. */

import { copyPacked } from "../packed.js";
import { copyTabled, dismantleTabled, freeTabled, tabledBytes } from "../tabled.js";
import { HASH, type ValueType } from "../type.js";
import { forEachField, HASHTABLE } from "./visit.js";

export const hashType: ValueType = {
  number: HASH,
  name: "hash",
  free(entries, ref) {
    if (entries.encoding(ref) === HASHTABLE) freeTabled(entries, entries.box(ref));
    else entries.memory.free(entries.box(ref));
    entries.memory.free(ref);
  },
  dismantle: (entries, ref) => (entries.encoding(ref) === HASHTABLE ? dismantleTabled(entries, ref) : null),
  copy(entries, ref, key, traits) {
    const box = entries.box(ref);
    const tabled = entries.encoding(ref) === HASHTABLE;
    return entries.createBoxed(
      key,
      tabled ? copyTabled(entries, box) : copyPacked(entries.memory, box),
      traits,
    );
  },
  encoding: (entries, ref) => (entries.encoding(ref) === HASHTABLE ? "hashtable" : "listpack"),
  bytes(entries, ref, samples) {
    const box = entries.box(ref);
    const tabled = entries.encoding(ref) === HASHTABLE;
    const value = tabled ? tabledBytes(entries, box, samples) : entries.memory.sizeOf(box);
    return entries.memory.sizeOf(ref) + value;
  },
  digest(entries, ref, digest) {
    forEachField(entries, ref, (field, value) => {
      const pair = digest.part();
      pair.mix(field.copy());
      pair.mix(value.copy());
      digest.addDigest(pair);
    });
  },
};
