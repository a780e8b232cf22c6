import { sameEffects } from "../string/effects.js";

sameEffects(
  "the log and the keyspace events of list commands",
  `
RPUSH l 1 2 3 4 5 6 7 8 9
LPUSH l 0
LPUSHX nothing 1
RPUSHX l 10
LPUSHX l a b
LPOP l 2
LMPOP 2 x l LEFT COUNT 2
LMPOP 1 l RIGHT
LMPOP 1 x RIGHT
LTRIM l 0 -1
LTRIM l 1 -2
LTRIM nothing 1 -2
RPOPLPUSH l d
RPOPLPUSH nothing d
LMOVE l l LEFT RIGHT
RPOPLPUSH l l
LREM l 0 nothing
LREM l 0 5
LSET l 0 5
LSET l 100 5
LPOP l 0
LPOP l 1
RPOP l
LINSERT d BEFORE nothing 5
LINSERT d AFTER 8 6
LINSERT nothing AFTER 8 6
LTRIM l 5 3
RPUSH s 1 2
LMPOP 1 s LEFT COUNT 10
RPUSH s 1
LMOVE s s RIGHT LEFT
LMOVE s t LEFT LEFT
LPOP t 5
LPOP t 5
LPOP t
RPUSH t a a
LREM t -5 a
RPUSH t 1
LINDEX t 0
LINDEX nothing 0
LRANGE nothing 0 -1
LLEN nothing
LPOS nothing 1
RPOP t
SET t 1
RPUSH t 1
`,
);
