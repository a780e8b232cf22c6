/** Redis's listpack over a range of bytes: `import * as listpack from ".../listpack.js"`. */

export {
  append,
  appendInteger,
  insert,
  insertAfter,
  insertEncoded,
  insertInteger,
  prepend,
  prependBefore,
  remove,
  removeFirst,
  replace,
  replaceGrowth,
  replaceInteger,
} from "./listpack/edit.js";
export {
  bigAt,
  integerAt,
  isInteger,
  ListpackEntry,
  read,
  stringLength,
  stringStart,
  textLength,
  textOf,
  writeText,
} from "./listpack/entry.js";
export {
  backlenSize,
  create,
  EMPTY_SIZE,
  entrySize,
  HEADER_SIZE,
  NONE,
  TERMINATOR,
  totalBytes,
} from "./listpack/format.js";
export { isValid } from "./listpack/integrity.js";
export { count, endPosition, first, last, next, previous, seek } from "./listpack/position.js";
export { equals, find } from "./listpack/search.js";
export { encodedIntegerSize, encodedSize } from "./listpack/value.js";
