/** ZADD, ZINCRBY and what tells of single members: ZCARD, ZSCORE, ZMSCORE, ZRANK, ZREVRANK, ZREM. */

import { sameReplies } from "../../support/compare.js";

const script = String.raw`
=== arguments
ZADD
ZADD z
ZADD z 1
ZADD z 1 a 2
ZADD z NX
ZADD z NX XX 1 a
ZADD z XX NX 1 a
ZADD z GT LT 1 a
ZADD z NX GT 1 a
ZADD z LT NX 1 a
ZADD z NX XX GT 1 a
ZADD z INCR 1 a 2 b
ZADD z x a
ZADD z 1 a x b
ZADD z nan a
ZADD z 1e400 a
ZADD z "" a
ZADD z " 1" a
ZADD z "1 " a
ZADD z 0x10 a
ZADD z BAD 1 a
ZADD z NX a 1
ZADD z CH INCR 1
ZINCRBY
ZINCRBY z 1
ZINCRBY z x a
ZINCRBY z nan a
ZINCRBY z NX a
ZINCRBY z incr a
ZINCRBY z 1 a b
EXISTS z
=== wrong type
SET s x
ZADD s 1 a
ZADD s x a
ZADD s NX XX 1 a
ZADD s XX 1 a
ZINCRBY s 1 a
ZINCRBY s x a
ZCARD s
ZSCORE s a
ZMSCORE s a
ZRANK s a
ZREVRANK s a
ZREM s a
=== adding and updating
ZADD z 1 a
ZADD z 1 a
ZADD z 2 a 3 b
ZADD z CH 2 a 4 b 5 c
ZADD z 6 a 7 a
ZSCORE z a
ZCARD z
ZRANGE z 0 -1 WITHSCORES
ZADD z 0 d 0 d
ZRANGE z 0 -1 WITHSCORES
TYPE z
OBJECT ENCODING z
=== conditions
ZADD z XX 1 a
EXISTS z
ZADD z NX 1 a
ZADD z NX 2 a 2 b
ZADD z NX CH 5 a 5 c
ZRANGE z 0 -1 WITHSCORES
ZADD z XX 3 a 3 d
ZADD z XX CH 4 a 3 d
ZADD z GT 1 a 9 b 1 e
ZADD z GT CH 1 a 10 b 1 f
ZADD z LT 9 a 1 b 1 g
ZADD z LT CH 3 a 0 b 1 h
ZADD z XX GT CH 100 a 100 zz
ZADD z xx lt ch 50 a 100 zz
ZADD z GT XX CH 50 a
ZRANGE z 0 -1 WITHSCORES
=== INCR
ZADD z INCR 5 a
ZADD z INCR 5 a
ZADD z CH INCR -3 a
ZADD z INCR NX 1 a
ZADD z INCR NX 1 b
ZADD z INCR XX 1 c
ZADD z INCR XX 1 b
ZADD z INCR GT -1 b
ZADD z INCR GT 0 b
ZADD z INCR LT 1 b
ZADD z INCR LT -1 b
ZADD missing INCR XX 1 a
EXISTS missing
ZADD z INCR 0 a
ZADD z +inf i
ZADD z INCR -inf i
ZSCORE z i
ZADD z INCR inf i
=== ZINCRBY
ZINCRBY z 1 a
ZINCRBY z 1.5 a
ZINCRBY z -4 a
ZINCRBY z 0 b
ZINCRBY z inf b
ZINCRBY z -inf b
ZINCRBY z +infinity b
ZINCRBY z 1e3 c
ZRANGE z 0 -1 WITHSCORES
=== infinities, zeros and large scores
ZADD z inf a -inf b +inf c Infinity d -INFINITY e
ZADD z 0 zero 1e15 big 9007199254740993 odd -9007199254740992 low
ZADD z 1e20 e20 -1.5e300 e300
ZRANGE z 0 -1
ZREM z e20 e300
ZRANGE z 0 -1 WITHSCORES
ZMSCORE z a b zero big odd low
ZADD z 0.5 half 0.25 quarter 1.5 more -0.125 less 3.0 three 1e2 hundred
ZRANGE z 0 -1 WITHSCORES
ZADD n -0 a
ZADD n 0 a
ZADD n 0 b
ZRANGE n 0 -1
ZSCORE n a
ZADD n 1 b -0 b
ZSCORE n b
=== members of all kinds
ZADD z 1 "" 1 0 1 00 1 -0 1 12 1 127 1 128 1 -1 1 9223372036854775807 1 9223372036854775808
ZADD z 1 "\x00" 1 "\xff" 1 "a\x00b" 1 4095 1 -4096 1 70000 1 3000000000
ZRANGE z 0 -1 WITHSCORES
ZSCORE z 9223372036854775807
ZSCORE z ""
ZRANK z 00
ZREM z 0 00 "" 9223372036854775807
ZRANGE z 0 -1
=== single members
ZADD z 1 a 2 b 2 c 3 d
ZSCORE z a
ZSCORE z x
ZSCORE missing a
ZSCORE z
ZSCORE z a b
ZMSCORE z a x d
ZMSCORE missing a b
ZMSCORE z
ZCARD z
ZCARD missing
ZCARD z x
ZRANK z a
ZRANK z d
ZRANK z x
ZRANK missing a
ZREVRANK z a
ZREVRANK z d
ZREVRANK z x
ZREVRANK missing a
ZRANK z
=== ZREM
ZADD z 1 a 2 b 3 c
ZREM z
ZREM z x
ZREM z a a x
ZREM missing a
ZREM z c b d
EXISTS z
ZADD z 1 a
ZREM z a a
EXISTS z
`;

sameReplies("ZADD, ZINCRBY and single members, packed", script);
sameReplies("ZADD, ZINCRBY and single members, indexed", script, {
  directives: { "zset-max-listpack-entries": "0" },
});

sameReplies(
  "What 7.2 has that 7.0 has not",
  String.raw`
=== ZRANK and ZREVRANK with WITHSCORE
ZADD z 1.5 a 2 b
~7.2 "WITHSCORE came with 7.2" "*2\r\n:0\r\n$3\r\n1.5\r\n" ZRANK z a WITHSCORE
~7.2 "WITHSCORE came with 7.2" "*2\r\n:1\r\n$3\r\n1.5\r\n" ZREVRANK z a withscore
~7.2 "WITHSCORE came with 7.2" "*-1\r\n" ZRANK z x WITHSCORE
~7.2 "WITHSCORE came with 7.2" "*-1\r\n" ZREVRANK missing x WITHSCORE
~7.2 "a third argument came with 7.2" "-ERR syntax error\r\n" ZRANK z a WITHSCORES
ZRANK z a WITHSCORE x
=== scores in the shortest digits
ZADD z 0.1 a 1e17 b -1.5e300 c
~7.2 "7.0 shows 17 digits" "$3\r\n0.1\r\n" ZSCORE z a
~7.2 "7.0 shows an exponent" "$18\r\n100000000000000000\r\n" ZSCORE z b
~7.2 "7.0 shows 17 digits" "$9\r\n-1.5e+300\r\n" ZSCORE z c
ZINCRBY z 0.2 a
`,
  { protocols: [2] },
);

sameReplies(
  "When a sorted set is no listpack",
  `
=== by members
ZADD z 1 a 2 b 3 c 4 d
OBJECT ENCODING z
ZADD z 5 a
OBJECT ENCODING z
ZADD z 5 e
OBJECT ENCODING z
ZREM z e d c
OBJECT ENCODING z
COPY z y
OBJECT ENCODING y
RENAME y x
OBJECT ENCODING x
ZRANGE x 0 -1 WITHSCORES
=== by the length of a member
ZADD z 1 12345678
OBJECT ENCODING z
ZADD z 1 123456789
OBJECT ENCODING z
ZADD y 1 123456789
OBJECT ENCODING y
=== of results
ZADD z 1 a 2 b 3 c 4 d 5 e
OBJECT ENCODING z
ZUNIONSTORE u 1 z
OBJECT ENCODING u
ZRANGESTORE r z 0 3
OBJECT ENCODING r
ZRANGESTORE r z 0 4
OBJECT ENCODING r
ZADD y 1 a 1 123456789
ZINTERSTORE i 2 y z
OBJECT ENCODING i
ZDIFFSTORE d 2 y z
OBJECT ENCODING d
ZDIFFSTORE d 2 z y
OBJECT ENCODING d
=== limits that change
CONFIG SET zset-max-listpack-entries 2
ZADD z 1 a 2 b 3 c
OBJECT ENCODING z
CONFIG SET zset-max-listpack-entries 4
OBJECT ENCODING z
CONFIG SET zset-max-ziplist-value 3
ZADD y 1 abcd
OBJECT ENCODING y
CONFIG SET zset-max-listpack-value 8
`,
  { directives: { "zset-max-listpack-entries": "4", "zset-max-listpack-value": "8" } },
);
