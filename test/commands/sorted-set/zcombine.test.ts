/** ZUNION, ZINTER, ZDIFF, ZINTERCARD and the commands that store their results. */

import { sameReplies } from "../../support/compare.js";

const script = `
=== arguments
ZUNION
ZUNION 1
ZUNION x a
ZUNION 0 a
ZUNION -1 a
ZUNION 2 a
ZUNION 9223372036854775807 a
ZUNION 1 a b
ZUNION 1 a WEIGHTS
ZUNION 1 a WEIGHTS x
ZUNION 1 a WEIGHTS nan
ZUNION 2 a b WEIGHTS 1
ZUNION 1 a AGGREGATE
ZUNION 1 a AGGREGATE AVG
ZUNION 1 a LIMIT 1
ZINTER 0 a
ZINTER 1 a WEIGHTS 1 2
ZDIFF 0 a
ZDIFF 1 a WEIGHTS 1
ZDIFF 1 a AGGREGATE SUM
ZINTERCARD 0 a
ZINTERCARD 1 a LIMIT
ZINTERCARD 1 a LIMIT x
ZINTERCARD 1 a LIMIT -1
ZINTERCARD 1 a WEIGHTS 1
ZINTERCARD 1 a WITHSCORES
ZUNIONSTORE d
ZUNIONSTORE d 0 a
ZUNIONSTORE d x a
ZUNIONSTORE d 1 a WITHSCORES
ZINTERSTORE d 0 a
ZDIFFSTORE d 0 a
ZDIFFSTORE d 1 a WITHSCORES
ZDIFFSTORE d 1 a WEIGHTS 1
=== wrong type
SET s x
ZADD z 1 a
ZUNION 2 z s
ZUNION 2 s z BAD
ZINTER 2 missing s
ZDIFF 2 z s
ZINTERCARD 1 s
ZUNIONSTORE d 1 s
EXISTS d
=== union
ZADD a 1 x 2 y 3 z
ZADD b 10 y 20 z 30 w
ZUNION 2 a b
ZUNION 2 a b WITHSCORES
ZUNION 1 a WITHSCORES
ZUNION 2 a missing WITHSCORES
ZUNION 1 missing
ZUNION 2 a a WITHSCORES
ZUNION 2 a b WEIGHTS 2 0.5 WITHSCORES
ZUNION 2 a b WITHSCORES WEIGHTS -1 1 AGGREGATE MIN
ZUNION 2 a b AGGREGATE MAX WITHSCORES
ZUNION 2 a b AGGREGATE sum WEIGHTS 1 2 WEIGHTS 3 4 WITHSCORES
ZUNION 3 a b a AGGREGATE MIN WITHSCORES
ZUNIONSTORE d 2 a b WEIGHTS 1 2
ZRANGE d 0 -1 WITHSCORES
ZUNIONSTORE a 2 a b AGGREGATE MAX
ZRANGE a 0 -1 WITHSCORES
=== intersection
ZADD a 1 x 2 y 3 z
ZADD b 10 y 20 z 30 w
ZADD c 5 z
ZINTER 2 a b WITHSCORES
ZINTER 3 a b c WITHSCORES
ZINTER 2 b a WEIGHTS 2 3 WITHSCORES
ZINTER 2 a b AGGREGATE MIN WITHSCORES
ZINTER 2 a b AGGREGATE MAX WITHSCORES WEIGHTS 100 1
ZINTER 2 a a WITHSCORES WEIGHTS 2 3
ZINTER 2 a missing
ZINTER 1 missing WITHSCORES
ZINTERCARD 2 a b
ZINTERCARD 2 a b LIMIT 1
ZINTERCARD 2 a b LIMIT 0
ZINTERCARD 2 a b LIMIT 10
ZINTERCARD 2 a b LIMIT 1 LIMIT 2
ZINTERCARD 1 a
ZINTERCARD 2 a missing
ZINTERSTORE d 2 a b
ZRANGE d 0 -1 WITHSCORES
ZINTERSTORE d 2 c missing
EXISTS d
ZINTERSTORE d 2 c missing
=== difference
ZADD a 1 x 2 y 3 z
ZADD b 10 y
ZADD c 5 z
ZDIFF 1 a WITHSCORES
ZDIFF 2 a b
ZDIFF 2 a b WITHSCORES
ZDIFF 3 a b c WITHSCORES
ZDIFF 2 a a
ZDIFF 2 missing a
ZDIFF 2 a missing WITHSCORES
ZDIFFSTORE d 2 a b
ZRANGE d 0 -1 WITHSCORES
ZDIFFSTORE a 2 a b
ZRANGE a 0 -1 WITHSCORES
ZDIFFSTORE d 2 a a
EXISTS d
=== infinities
ZADD a inf x 1 y -inf w
ZADD b -inf x 2 y -inf w
ZUNION 2 a b WITHSCORES
ZINTER 2 a b WITHSCORES
ZUNION 2 a b AGGREGATE MIN WITHSCORES
ZUNION 1 a WEIGHTS 0 WITHSCORES
ZINTER 2 a b WEIGHTS 0 1 WITHSCORES
ZUNION 2 a b WEIGHTS inf -inf WITHSCORES
ZUNION 2 a b WEIGHTS 1 0 WITHSCORES AGGREGATE MAX
=== destinations of any type
ZADD a 1 x
SET d text
ZUNIONSTORE d 1 a
TYPE d
EXPIRE d 1000
ZUNIONSTORE d 1 a
TTL d
SET d text
ZINTERSTORE d 1 missing
EXISTS d
SET d text
ZDIFFSTORE d 1 a
ZRANGE d 0 -1 WITHSCORES
=== sets
SADD s x y 17
SADD i 1 2 17
ZADD a 5 x 6 17 7 n
ZUNION 2 a s WITHSCORES
ZUNION 2 s i WITHSCORES
ZUNION 2 a s WEIGHTS 1 10 WITHSCORES
ZINTER 2 a s WITHSCORES
ZINTER 2 s a WITHSCORES AGGREGATE MAX
ZINTER 3 a s i WITHSCORES
ZDIFF 2 a s WITHSCORES
ZDIFF 2 s a WITHSCORES
ZDIFF 2 s i WITHSCORES
ZINTERCARD 3 a s i
ZINTER 2 s s WITHSCORES WEIGHTS 2 3
ZUNIONSTORE d 1 s
ZRANGE d 0 -1 WITHSCORES
`;

sameReplies("Combinations of packed sets", script);
sameReplies("Combinations of indexed sets", script, {
  directives: { "zset-max-listpack-entries": "0", "set-max-intset-entries": "0" },
});

sameReplies(
  "-0 is what a computation gives, and a small set keeps 0",
  String.raw`
    ZADD a 0 m 1 n
    ZADD five 5 m
    ZUNION 1 a WEIGHTS -1 WITHSCORES
    ZINTER 2 a a WEIGHTS -1 -1 WITHSCORES
    ZUNION 2 five a WEIGHTS 1 -1 AGGREGATE MIN WITHSCORES
    ZUNIONSTORE d 1 a WEIGHTS -1
    ZRANGE d 0 -1 WITHSCORES
    OBJECT ENCODING d
    ZUNION 2 a a WEIGHTS -1 1 WITHSCORES
    ZUNION 2 a a WEIGHTS 1 -1 WITHSCORES
    ZUNION 2 a a WEIGHTS -1 1 AGGREGATE MAX WITHSCORES
    CONFIG SET zset-max-listpack-entries 1
    ZUNIONSTORE d 1 a WEIGHTS -1
    ZRANGE d 0 -1 WITHSCORES
    ZRANGESTORE e d 0 -1
    ZRANGE e 0 -1 WITHSCORES
    ZRANGESTORE e d 1 1
    ZRANGE e 0 -1 WITHSCORES
    OBJECT ENCODING e
    CONFIG SET zset-max-listpack-entries 128
  `,
);

sameReplies(
  "A copied range keeps -0 in what comes to it after it has stopped being packed",
  String.raw`
    CONFIG SET zset-max-listpack-entries 0 zset-max-listpack-value 4
    ZADD z -0 a -0 b -0 c -0 d -0 e
    ZADD m -0 a -0 b -0 longer -0 x -0 y -0 z
    CONFIG SET zset-max-listpack-entries 3
    ${[
      [
        "z 0 -1",
        "z 0 -1 REV",
        "z 0 2",
        "z 1 2 REV",
        "z 0 3",
        "z -inf +inf BYSCORE",
        "z +inf -inf BYSCORE REV",
      ],
      ["z - + BYLEX", "z + - BYLEX REV", "z - + BYLEX LIMIT 1 4", "z - + BYLEX LIMIT 1 3"],
      [
        "m 0 -1",
        "m 0 -1 REV",
        "m 0 2",
        "m 0 2 REV",
        "m -inf +inf BYSCORE",
        "m + - BYLEX REV",
        "m [a (longer BYLEX",
      ],
    ]
      .flat()
      .map((range) => `ZRANGESTORE d ${range}\nZRANGE d 0 -1 WITHSCORES\nOBJECT ENCODING d`)
      .join("\n")}
    CONFIG SET zset-max-listpack-entries 128 zset-max-listpack-value 64
  `,
);
