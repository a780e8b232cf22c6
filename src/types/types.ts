/** All types, by number. */

import { hashType } from "./hash.js";
import { listType } from "./list.js";
import { setType } from "./set.js";
import { stringType } from "./string.js";
import type { ValueType } from "./type.js";
import { zsetType } from "./zset.js";

const TYPES: readonly (ValueType | undefined)[] = [stringType, listType, setType, zsetType, hashType];

/** The type with that number; an entry always has one. */
export function typeOf(number: number): ValueType {
  return TYPES[number]!;
}
