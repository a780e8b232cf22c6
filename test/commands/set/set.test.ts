import { sameReplies } from "../../support/compare.js";

sameReplies(
  "sets: members",
  String.raw`
=== arity
SADD
SADD s
SREM s
SCARD
SCARD s x
SISMEMBER s
SISMEMBER s a b
SMISMEMBER s
SMEMBERS
SMEMBERS s x
SMOVE s t
SPOP
SPOP s 1 2
SRANDMEMBER
SRANDMEMBER s 1 2
EXISTS s
=== wrong type
SET x v
SADD s a
SADD x a
SREM x a
SCARD x
SISMEMBER x a
SMISMEMBER x a
SMEMBERS x
SMOVE x s a
SMOVE s x a
SMOVE x x a
SMOVE missing x a
SPOP x
SPOP x 1
SRANDMEMBER x
SRANDMEMBER x 1
SSCAN x 0
SINTER x
SINTER s x
SINTER missing x
SUNION s x
SDIFF s x
SDIFF missing x
SINTERCARD 2 s x
SINTERCARD 2 missing x
SINTERSTORE d s x
SUNIONSTORE d s x
SDIFFSTORE d s x
EXISTS d
=== missing keys
SREM s a
SCARD s
SISMEMBER s a
SMISMEMBER s a b
SMEMBERS s
SMOVE s t a
SPOP s
SPOP s 0
SPOP s 1
SRANDMEMBER s
SRANDMEMBER s 0
SRANDMEMBER s 3
SRANDMEMBER s -3
SSCAN s 0
SSCAN s 0 nonsense
SINTER s t
SUNION s t
SDIFF s t
SINTERCARD 2 s t
SINTERSTORE d s t
SUNIONSTORE d s t
SDIFFSTORE d s t
=== adding and removing
SADD s a b c
SADD s a d d
SCARD s
SISMEMBER s a
SISMEMBER s x
SMISMEMBER s a x d x
~unordered SMEMBERS s
SREM s a x a b
~unordered SMEMBERS s
SREM s c d e
EXISTS s
TYPE s
SADD s a
TYPE s
EXPIRE s 100
SADD s b
TTL s
=== members that look like integers
SADD s 1 01 -0 0 9223372036854775807 9223372036854775808 -9223372036854775808 " 1" "" 12345678901234567
~unordered SMEMBERS s
SMISMEMBER s 1 01 +1 9223372036854775807 9223372036854775808 ""
SREM s 9223372036854775807 01 ""
~unordered SMEMBERS s
=== integers alone
SADD s 5 3 100000 -7 9223372036854775807 -9223372036854775808 3
SMEMBERS s
SISMEMBER s 3
SISMEMBER s 03
SISMEMBER s x
SREM s 9223372036854775807 x 5
SMEMBERS s
OBJECT ENCODING s
=== bytes
SADD s "\x00\xff" "\r\n" "\xc3\xa9" ""
~unordered SMEMBERS s
SISMEMBER s "\x00\xff"
=== expiry
SADD s a
PEXPIRE s 1
~wait 10
SMEMBERS s
SADD s b
SMEMBERS s
TTL s
=== whole keys
SADD s a b
SADD i 1 2
COPY s t
COPY i j
SADD s c
SADD i 3
~unordered SMEMBERS t
SMEMBERS j
RENAME t u
~unordered SMEMBERS u
DEL u
UNLINK s
SET i x
GET i
=== SMOVE
SADD s a b 1
SADD t x
SMOVE s t a
SMOVE s t a
SMOVE s s b
SMOVE s s zzz
SMOVE s n b
SMOVE s n 1
EXISTS s
~7.2 "small sets are listpacks" "$8\r\nlistpack\r\n" OBJECT ENCODING n
~unordered SMEMBERS t
~unordered SMEMBERS n
SADD s x
SMOVE s t x
EXISTS s
SADD i 7
SMOVE i j 7
OBJECT ENCODING j
`,
);

sameReplies(
  "sets: combinations",
  `
=== arity
SINTER
SUNION
SDIFF
SINTERSTORE d
SUNIONSTORE d
SDIFFSTORE d
SINTERCARD
SINTERCARD 1
=== SINTERCARD's arguments
SADD s a b c d
SADD t b c d e
SINTERCARD x s
SINTERCARD 0 s
SINTERCARD -1 s
SINTERCARD 1.5 s
SINTERCARD 2 s
SINTERCARD 1 s t
SINTERCARD 1 s LIMIT
SINTERCARD 1 s LIMIT x
SINTERCARD 1 s LIMIT -1
SINTERCARD 1 s LIMIT 9223372036854775808
SINTERCARD 1 s LIMIT 1 x
SINTERCARD 1 s LIMIT 2 LIMIT 3
SINTERCARD 2 s t
SINTERCARD 2 s t LIMIT 0
SINTERCARD 2 s t LIMIT 2
SINTERCARD 2 s t limit 10
SINTERCARD 2 s n
SINTERCARD 2 s s
=== of all encodings
SADD i 1 2 3 4 5
SADD j 4 5 6
SADD l 5 a b c
SADD m c b z 4
SADD h a b c 5 6 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
~unordered SINTER i j
~unordered SINTER i l
~unordered SINTER l m
~unordered SINTER l h
~unordered SINTER h m
~unordered SINTER i j l h
~unordered SINTER i
~unordered SINTER i i
~unordered SINTER i n
~unordered SUNION i j
~unordered SUNION i l
~unordered SUNION l m
~unordered SUNION h
~unordered SUNION i j l m h n
~unordered SUNION n i
~unordered SDIFF i j
~unordered SDIFF i l
~unordered SDIFF h m
~unordered SDIFF h l m i
~unordered SDIFF i i
~unordered SDIFF n i
~unordered SDIFF i n
~unordered SDIFF l
SINTERSTORE d i j
SMEMBERS d
SINTERSTORE d l h
~unordered SMEMBERS d
SINTERSTORE d h i
SMEMBERS d
OBJECT ENCODING d
SUNIONSTORE d i j
SMEMBERS d
OBJECT ENCODING d
SUNIONSTORE d i l h
~unordered SMEMBERS d
SDIFFSTORE d i j
SMEMBERS d
SDIFFSTORE d h l
~unordered SMEMBERS d
=== destinations
SADD s 1 2 3
SADD t 2 3 4
SET d string
EXPIRE d 100
SINTERSTORE d s t
TTL d
TYPE d
SINTERSTORE s s t
SMEMBERS s
SUNIONSTORE s s t
SMEMBERS s
SDIFFSTORE s s t
EXISTS s
SET d string
SINTERSTORE d n t
EXISTS d
SET d string
SDIFFSTORE d t t
EXISTS d
SET d string
SUNIONSTORE d n n
EXISTS d
SUNIONSTORE d n n
`,
);

sameReplies(
  "SPOP, SRANDMEMBER and SSCAN",
  `
=== arguments
SADD s a
SPOP s x
SPOP s -1
SPOP s 1.5
SPOP s 9223372036854775808
SPOP s 0
SRANDMEMBER s x
SRANDMEMBER s 9223372036854775808
SRANDMEMBER s -9223372036854775808
SRANDMEMBER s 0
=== SPOP
SADD s a
SPOP s
EXISTS s
SADD s a
SPOP s 1
EXISTS s
SADD s 1
SPOP s 5
SADD s a b c
~unordered SPOP s 3
EXISTS s
SADD s a b c
~type SPOP s
SCARD s
~type SPOP s 1
SCARD s
SADD i 1 2 3
~unordered SPOP i 100
=== SRANDMEMBER
SADD s a
SRANDMEMBER s
SRANDMEMBER s 1
SRANDMEMBER s 5
SRANDMEMBER s -3
SADD s b c
~unordered SRANDMEMBER s 3
~unordered SRANDMEMBER s 10
SADD i 7
SRANDMEMBER i -2
SRANDMEMBER i
SCARD s
=== SSCAN
SSCAN s
SSCAN s x
SSCAN s 0 MATCH
SADD s 1 2 3 12
SSCAN s 0 nonsense
SSCAN s 0 COUNT
SSCAN s 0 COUNT 0
SSCAN s 0 COUNT x
SSCAN s 0 TYPE set
SSCAN s 0
SSCAN s 0 MATCH 1*
SSCAN s 0 COUNT 1
SSCAN s 77
`,
  { digest: false },
);
