/**
 * The hash type. A small hash is one listpack of field, value, field, value; a big one is a dict whose entries have
 * the field as their key. It turns from the one to the other when it gets more fields than hash-max-listpack-entries
 * or a field or value longer than hash-max-listpack-value, and never back.
 */

export { Hashes, type HashLimits } from "./hash/hashes.js";
export { hashType } from "./hash/type.js";
export { countFields, forEachField } from "./hash/visit.js";
