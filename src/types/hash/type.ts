/** What the keyspace needs of hashes. */

import { copyPacked, packedBytes } from "../packed.js";
import { copyTabled, dismantleTabled, freeTabled, tabledBytes } from "../tabled.js";
import { HASH, type ValueType } from "../type.js";
import { forEachField, HASHTABLE } from "./visit.js";

export const hashType: ValueType = {
  number: HASH,
  name: "hash",
  free(entries, ref) {
    if (entries.encoding(ref) === HASHTABLE) freeTabled(entries, entries.box(ref));
    entries.memory.free(ref);
  },
  dismantle: (entries, ref) => (entries.encoding(ref) === HASHTABLE ? dismantleTabled(entries, ref) : null),
  copy(entries, ref, key, traits) {
    if (entries.encoding(ref) !== HASHTABLE) return copyPacked(entries, ref, key, traits);
    return entries.createBoxed(key, copyTabled(entries, entries.box(ref)), traits);
  },
  inlineBytes: packedBytes,
  encoding: (entries, ref) => (entries.encoding(ref) === HASHTABLE ? "hashtable" : "listpack"),
  bytes(entries, ref, samples) {
    const tabled = entries.encoding(ref) === HASHTABLE;
    return entries.memory.sizeOf(ref) + (tabled ? tabledBytes(entries, entries.box(ref), samples) : 0);
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
