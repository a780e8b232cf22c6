import type { ValueLimits } from "#tidemark/snapshot/rdb/builder.js";

/** The defaults of the directives. */
export const LIMITS: ValueLimits = {
  "hash-max-listpack-entries": 512,
  "hash-max-listpack-value": 64,
  "list-max-listpack-size": -2,
  "list-compress-depth": 0,
  "set-max-intset-entries": 512,
  "set-max-listpack-entries": 128,
  "set-max-listpack-value": 64,
  "zset-max-listpack-entries": 128,
  "zset-max-listpack-value": 64,
};
