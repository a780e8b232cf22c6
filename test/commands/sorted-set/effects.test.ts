/** What the commands of sorted sets leave in the log and tell as keyspace events. */

import { sameEffects } from "../string/effects.js";

sameEffects(
  "the log and the keyspace events of sorted set commands",
  `
ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h
ZADD z 1 a
ZADD z 2 a 9 i
ZADD z NX 5 a
ZADD z XX 1 nothing
ZADD nothing XX 1 a
ZADD z INCR 1 a
ZADD z INCR 0 a
ZADD z GT INCR -1 a
ZINCRBY z 1.5 a
ZINCRBY z 0 a
ZINCRBY n 1 a
ZREM z nothing
ZREM nothing a
ZREM z a b nothing
ZREM n a
ZPOPMIN z
ZPOPMIN z 0
ZPOPMAX z 2
ZPOPMAX nothing
ZMPOP 2 nothing z MIN
ZMPOP 1 nothing MAX
ZADD y 1 a 2 b
ZMPOP 2 nothing y MAX COUNT 10
ZADD y 1 a
ZPOPMAX y
ZADD y 1 a
ZPOPMIN y 5
ZADD y 1 a 2 b 3 c 4 d
ZREMRANGEBYRANK y 0 0
ZREMRANGEBYRANK y 10 20
ZREMRANGEBYSCORE y 2 2
ZREMRANGEBYSCORE y 100 200
ZREMRANGEBYLEX y [c [c
ZREMRANGEBYLEX y - +
ZREMRANGEBYLEX y - +
ZADD y 1 a
ZREMRANGEBYRANK y 0 -1
ZADD y 1 a
ZREMRANGEBYSCORE y -inf inf
ZCARD nothing
ZSCORE nothing a
ZMSCORE nothing a
ZRANK nothing a
ZCOUNT nothing 0 1
ZLEXCOUNT nothing - +
ZRANGE nothing 0 -1
ZRANDMEMBER nothing
ZRANDMEMBER nothing 5
ZSCAN nothing 0
ZADD a 1 x 2 y
ZADD b 1 y 2 z
ZUNIONSTORE d 2 a b
EXPIRE d 100
ZINTERSTORE d 2 a b WEIGHTS 2 3
ZDIFFSTORE d 2 a b
ZDIFFSTORE d 2 a a
ZDIFFSTORE d 2 a a
ZUNIONSTORE d 1 nothing
SET d string
ZINTERSTORE d 2 nothing none
SET d string
ZRANGESTORE d a 0 -1
ZRANGESTORE d a 5 6
ZRANGESTORE d nothing 0 -1
ZUNION 2 a nothing
ZINTER 2 a b
ZDIFF 2 nothing a
ZINTERCARD 2 a nothing
COPY a c
RENAME c e
UNLINK e
`,
);
