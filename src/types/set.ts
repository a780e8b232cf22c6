/**
 * The set type, in three encodings as Redis 7.2 has them: an intset while all members are integers and there are no
 * more than set-max-intset-entries; a listpack while there are no more members than set-max-listpack-entries and none
 * is longer than set-max-listpack-value; else a dict whose entries have the member as their key and no value. A set
 * never goes back to a smaller encoding by itself.
 */

export { type SetLimits, Sets } from "./set/sets.js";
export { setType } from "./set/type.js";
export { countMembers, forEachMember } from "./set/visit.js";
