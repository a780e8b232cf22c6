/** Up to which size collections are kept in their compact encodings. */

import { directive } from "../directive.js";
import { INT_MAX, INT_MIN, integer, LONG_MAX, memory } from "../kinds/number.js";

const count = integer(0n, LONG_MAX);
const size = memory(0n, LONG_MAX);

export const encodings = {
  "hash-max-listpack-entries": directive(count, 512, "A hash with more fields is no listpack.", {
    alias: "hash-max-ziplist-entries",
  }),
  "hash-max-listpack-value": directive(size, 64, "A hash with a longer field or value is no listpack.", {
    alias: "hash-max-ziplist-value",
  }),
  "list-max-listpack-size": directive(
    integer(INT_MIN, INT_MAX),
    -2,
    "Entries in a list's node, or its size: -1 to -5 are 4, 8, 16, 32 and 64 KiB.",
    { alias: "list-max-ziplist-size" },
  ),
  "list-compress-depth": directive(
    integer(0n, INT_MAX),
    0,
    "How many nodes at each end of a list stay uncompressed; 0 compresses none.",
  ),
  "set-max-intset-entries": directive(count, 512, "A set of more integers is no intset."),
  "set-max-listpack-entries": directive(count, 128, "A set with more members is no listpack."),
  "set-max-listpack-value": directive(count, 64, "A set with a longer member is no listpack."),
  "zset-max-listpack-entries": directive(count, 128, "A sorted set with more members is no listpack.", {
    alias: "zset-max-ziplist-entries",
  }),
  "zset-max-listpack-value": directive(size, 64, "A sorted set with a longer member is no listpack.", {
    alias: "zset-max-ziplist-value",
  }),
  "stream-node-max-bytes": directive(size, 4096, "How large a node of a stream may grow; 0 is no limit."),
  "stream-node-max-entries": directive(
    count,
    100,
    "How many entries a node of a stream may hold; 0 is no limit.",
  ),
  "hll-sparse-max-bytes": directive(size, 3000, "A larger HyperLogLog takes the dense form."),
};
