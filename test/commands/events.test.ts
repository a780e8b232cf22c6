import { sameEvents } from "./events.js";

sameEvents(
  "keyspace notifications: keys",
  String.raw`
=== deleting
MSET a 1 b 2 c 3
DEL a b nothing
UNLINK c nothing
DEL nothing
SET a 1
GETDEL a
GETDEL a

=== expiring
SET a 1
EXPIRE a 100
PEXPIRE a 100000
EXPIRE a 200 NX
EXPIRE a 300 GT
EXPIRE a 1 GT
EXPIREAT a 9999999999
PEXPIREAT a 9999999999999
PERSIST a
PERSIST a
PERSIST nothing
EXPIRE nothing 100
TTL a
PTTL nothing
EXPIRETIME nothing
PEXPIRETIME nothing
EXPIRE a 0
SET a 1
EXPIREAT a 1
SET a 1
PEXPIRE a -1
SET a 1
PEXPIREAT a 1

=== expired, in the place of a result
SADD s 1
SET string v
SET a v PX 1
SET b v PX 1
SET c v PX 1
SET d v PX 1
SET e v PX 1
SET f v PX 1
SET g v PX 1
SET h v PX 1
~wait 20
SINTERSTORE a s nothing
SUNIONSTORE b s
BITOP AND c nothing
BITOP NOT h string
SORT nothing STORE d
SORT s STORE e
ZUNIONSTORE f 1 nothing
ZUNIONSTORE g 1 s

=== expired, found by a command
SET a 1 PX 1
HSET h f v
PEXPIRE h 1
SET b 1 PX 1
SET c 1 PX 1
~wait 5
GET b
SET c 2
EXISTS a
GET h
TOUCH b

=== expired, found by commands that write
SET a 1 PX 1
SET b 1 PX 1
SET c 1 PX 1
SET d 1 PX 1
SET e 1 PX 1
SET f 1 PX 1
SET g 1 PX 1
~wait 5
INCR a
RENAME b x
DEL c
LPUSH d 1
PERSIST e
EXPIRE f 1
SET s v
RENAME s g
SET h 1 PX 1
~wait 5
SMOVE nothing h x

=== renaming, moving, copying
MSET a 1 b 2 c 3
RENAME a d
RENAME d b
RENAMENX b c
RENAMENX b e
RENAME nothing x
RENAME c c
RENAMENX c c
MOVE c 1
MOVE nothing 1
SET c 2
MOVE c 1
COPY c x
COPY c x
COPY c x REPLACE
COPY c x DB 2
COPY nothing x
SELECT 1
DEL c
SET q 1
SELECT 2
GET x
SELECT 0

=== flushing and swapping are no events
MSET a 1 b 2
SWAPDB 0 1
FLUSHDB
SWAPDB 0 1
FLUSHALL

=== asking
SET a 1
TYPE a
TYPE nothing
EXISTS a nothing a nothing
TOUCH a nothing
OBJECT ENCODING nothing
OBJECT REFCOUNT nothing
OBJECT IDLETIME nothing
OBJECT FREQ nothing
KEYS *
SCAN 0
RANDOMKEY
DBSIZE
MEMORY USAGE nothing
DEBUG OBJECT nothing
SORT nothing
SORT_RO nothing
WATCH nothing
UNWATCH

=== dumping and restoring
DUMP nothing
SET a v
DUMP a
RESTORE a 0 "\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce"
RESTORE a 0 "\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce" REPLACE
RESTORE b 100000 "\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce"
RESTORE c 1 "\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce" ABSTTL
RESTORE a 1 "\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce" REPLACE ABSTTL
RESTORE b 0 nonsense REPLACE
RESTORE-ASKING d 0 "\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce"
SET e 1 PX 1
SET f 1 PX 1
SET g 1 PX 1
~wait 5
RESTORE e 1 "\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce" REPLACE ABSTTL
RESTORE f 0 "\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce" REPLACE
MEMORY USAGE g
RESTORE g 0 "\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce"

=== sorting
RPUSH l 3 1 2
SORT l
SORT l BY w_*
SORT l BY w_* GET # GET d_*
SORT l STORE s
SORT l STORE s
SORT nothing STORE s
SORT nothing STORE s
SET str v
SORT l STORE str
SORT str
SORT l BY h_*->f GET h_*->f

=== in a transaction
MULTI
SET a 1
INCR a
LPUSH l x
GET nothing
RPOP l
EXPIRE a 100
DEL a
EXEC
MULTI
SET a 1
DISCARD
`,
);

sameEvents(
  "keyspace notifications: strings",
  String.raw`
=== setting
SET a 1
SET a 2
SET a 3 EX 100
SET a 3 PX 100000 NX
SET n 3 PX 100000 NX
SET a 3 XX
SET x 3 XX
SET a 3 EXAT 9999999999
SET a 3 PXAT 1
SET x 3 PXAT 1
SET a 1
SET a 4 GET
SET a 4 KEEPTTL
SET new 4 GET
SETEX a 100 5
PSETEX a 100000 5
SETNX a 1
SETNX b 1
GETSET a 1
GETSET c 1
MSET a 1 d 2 d 3
MSETNX a 1 e 2
MSETNX f 1 g 2
LPUSH l 1
SET l 1
GETSET nothing 1

=== reading
GET nothing
SET a 1
GET a
MGET a nothing a nothing2
STRLEN nothing
GETRANGE nothing 0 1
SUBSTR nothing 0 1
GETEX nothing
GETEX nothing EX 100
GETEX a
GETEX a EX 100
GETEX a PERSIST
GETEX a PERSIST
GETEX a PXAT 1
GETDEL nothing
LCS nothing a
HSET h f v
GET h
MGET h
LCS h nothing
STRLEN h

=== changing
APPEND a 1
APPEND a 2
APPEND a ""
APPEND e ""
SETRANGE a 5 x
SETRANGE b 0 ""
SETRANGE b 3 x
SETRANGE b 0 ""
INCR n
INCR n
DECR n
INCRBY n 5
DECRBY n 5
INCRBYFLOAT n 1.5
INCRBYFLOAT m 1.5
INCR a
INCR m
SETBIT bits 7 1
SETBIT bits 7 1
SETBIT bits 100 0
SETBIT bits 700 0
GETBIT bits 1
GETBIT nothing 1
BITCOUNT nothing
BITCOUNT bits
BITPOS nothing 1
BITOP AND x bits a
BITOP AND x bits nothing
BITOP OR y nothing nothing2
BITOP OR x nothing nothing2
BITOP NOT x bits
BITFIELD bits GET u8 0
BITFIELD bits SET u8 0 255 INCRBY u8 8 1
BITFIELD nothing GET u8 0
BITFIELD fresh SET u8 0 1 INCRBY u8 0 300
BITFIELD bits OVERFLOW FAIL INCRBY u2 0 10
BITFIELD_RO nothing GET u8 0
BITFIELD_RO bits GET u8 0
LPUSH l x
APPEND l x
SETRANGE l 1 x
SETBIT l 1 1
`,
);

sameEvents(
  "keyspace notifications: lists",
  String.raw`
=== pushing and popping
LPUSH a 1
LPUSH a 2 3
RPUSH a 4
RPUSH b 4 5
LPUSHX a 1
LPUSHX nothing 1
RPUSHX a 1
RPUSHX nothing 1
LPOP a
RPOP a
LPOP a 2
LPOP a 0
RPOP a 100
LPOP nothing
RPOP nothing 5
LPOP nothing 0
RPUSH c 1
LPOP c
RPUSH c 1
RPOP c
SET s v
LPUSH s x
LPOP s

=== changing
RPUSH a 1 2 3 2 1 2
LSET a 0 x
LSET a 100 x
LSET nothing 0 x
LINSERT a BEFORE 2 y
LINSERT a BEFORE nothing y
LINSERT nothing BEFORE 2 y
LREM a 1 2
LREM a 0 2
LREM a 0 nothing
LREM nothing 0 x
LTRIM a 0 -1
LTRIM a 1 1
LTRIM a 5 1
LTRIM nothing 0 1
RPUSH a x x
LREM a 0 x

=== moving
RPUSH a 1 2 3
RPOPLPUSH a b
LMOVE a b LEFT RIGHT
LMOVE a b RIGHT LEFT
LMOVE nothing b LEFT LEFT
RPOPLPUSH nothing b
LMOVE b b LEFT RIGHT
RPUSH one 1
LMOVE one one LEFT RIGHT
SET s v
LMOVE b s LEFT LEFT
LMPOP 2 nothing b LEFT
LMPOP 2 nothing b RIGHT COUNT 100
LMPOP 1 nothing LEFT
LMPOP 2 nothing nothing2 LEFT

=== waiting
RPUSH a 1 2 3 4 5
BLPOP nothing a 0
BRPOP a 0
BLMPOP 0 2 nothing a LEFT COUNT 1
BLMOVE a b LEFT RIGHT 0
BRPOPLPUSH a b 0
BLPOP nothing 0.01
~block BLPOP a 0
RPUSH a 1
~block BRPOP nothing a 0
RPUSH a 1 2
~block BLMPOP 0 1 c RIGHT COUNT 5
RPUSH c 1 2 3
~block BLMOVE c d LEFT LEFT 0
RPUSH c 1
~block BLPOP c 0
MULTI
RPUSH c 1
LPUSH c 2
EXEC
~block BLPOP x 0
RENAME a x

=== reading
LLEN nothing
LINDEX nothing 0
LRANGE nothing 0 -1
LPOS nothing x
RPUSH a x
LLEN a
LINDEX a 5
LRANGE a 5 6
LPOS a y
`,
);

sameEvents(
  "keyspace notifications: sets",
  String.raw`
=== members
SADD a 1 2 3
SADD a 1
SADD a 4 1
SREM a 9
SREM a 1 9
SREM nothing 1
SREM a 2 3 4
SADD a 1
SADD b 2
SMOVE a b 1
SMOVE a b 1
SADD a 1 5
SMOVE a b 1
SMOVE a c 5
SMOVE nothing b 5
SMOVE b b 2
SMOVE b b 9
SMOVE nothing nothing2 9
SET s v
SADD s 1
SMOVE b s 2

=== popping
SADD a 1
SPOP a
SADD a 1 2 3
SPOP a 0
SPOP a 100
SPOP a
SPOP a 5
SADD a 1 2 3
SPOP a 3
SADD a 1 2 3 4 5 6 7 8 9 10
SPOP a
SPOP a 2
SPOP a 6
SPOP nothing 0

=== storing
SADD a 1 2 3
SADD b 2 3 4
SINTERSTORE d a b
SINTERSTORE d a b
SUNIONSTORE d a b
SDIFFSTORE d a b
SDIFFSTORE d a a
SDIFFSTORE d a a
SINTERSTORE d a nothing
SUNIONSTORE d nothing
SUNIONSTORE d a
SINTERSTORE d a nothing
SET s v
SUNIONSTORE s a
SET s v
SUNIONSTORE s nothing
SET s v
SDIFFSTORE d a s
SINTERSTORE d nothing s
SINTERSTORE a a b

=== reading
SCARD nothing
SISMEMBER nothing x
SMISMEMBER nothing x
SMEMBERS nothing
SRANDMEMBER nothing
SRANDMEMBER nothing 3
SSCAN nothing 0
SINTER nothing nothing2
SUNION nothing nothing2
SDIFF nothing nothing2
SADD a 1
SINTER a nothing
SINTER nothing a
SINTERCARD 2 a nothing
SINTERCARD 2 nothing a
SUNION a nothing
SDIFF a nothing a
SDIFF nothing a
`,
);

sameEvents(
  "keyspace notifications: hashes",
  String.raw`
=== fields
HSET a f v
HSET a f v2
HSET a f v g w
HSETNX a f v
HSETNX a h v
HSETNX b f v
HMSET a f v
HMSET c f v
HINCRBY a n 5
HINCRBY a n 0
HINCRBY a f 5
HINCRBY d n 5
HINCRBY e n x
HINCRBYFLOAT a x 1.5
HINCRBYFLOAT a f 1.5
HINCRBYFLOAT g x 1.5
HDEL a nothing
HDEL a f nothing
HDEL nothing f
HDEL a g h n x
SET s v
HSET s f v

=== reading
HGET nothing f
HMGET nothing f
HGETALL nothing
HKEYS nothing
HVALS nothing
HLEN nothing
HEXISTS nothing f
HSTRLEN nothing f
HRANDFIELD nothing
HRANDFIELD nothing 2
HSCAN nothing 0
HSET a f v
HGET a nothing
HMGET a nothing
HEXISTS a nothing
SET s v
HGET s f
HLEN s
`,
);

sameEvents(
  "keyspace notifications: sorted sets",
  String.raw`
=== members
ZADD a 1 x
ZADD a 1 x
ZADD a 2 x
ZADD a 2 x 3 y
ZADD a NX 2 x
ZADD a XX 5 x
ZADD a XX 5 nothing
ZADD nothing XX 5 x
ZADD a GT 1 x
ZADD a CH 9 x
ZADD a INCR 1 x
ZADD a INCR 0 x
ZADD b INCR 1 x
ZADD a NX INCR 1 x
ZINCRBY a 1 x
ZINCRBY a 0 x
ZINCRBY c 1 x
ZREM a nothing
ZREM a x nothing
ZREM nothing x
ZREM a y
SET s v
ZADD s 1 x

=== removing and popping
ZADD a 1 a 2 b 3 c 4 d 5 e 6 f 7 g
ZREMRANGEBYRANK a 0 0
ZREMRANGEBYRANK a 100 200
ZREMRANGEBYSCORE a 2 2
ZREMRANGEBYSCORE a 100 200
ZREMRANGEBYSCORE nothing 100 200
ZREMRANGEBYLEX a [c [c
ZREMRANGEBYLEX a [x [y
ZPOPMIN a
ZPOPMAX a
ZPOPMIN a 0
ZPOPMIN nothing
ZPOPMAX nothing 5
ZMPOP 2 nothing a MIN
ZMPOP 1 nothing MIN
ZPOPMIN a 100
ZADD a 1 a 2 b
ZREMRANGEBYRANK a 0 -1
ZADD a 1 a 2 b
ZREMRANGEBYSCORE a -inf +inf
ZADD a 1 a 1 b
ZREMRANGEBYLEX a - +
ZADD a 1 a 2 b
ZMPOP 1 a MAX COUNT 100

=== waiting
ZADD a 1 a 2 b 3 c
BZPOPMIN nothing a 0
BZPOPMAX nothing a 0
BZMPOP 0 2 nothing a MIN
BZPOPMIN nothing 0.01
~block BZPOPMIN a 0
ZADD a 1 x 2 y
~block BZMPOP 0 1 b MAX COUNT 5
ZADD b 1 x 2 y
~block BZPOPMAX c 0
ZUNIONSTORE c 1 a

=== storing
ZADD a 1 x 2 y
ZADD b 1 y 2 z
ZUNIONSTORE d 2 a b
ZUNIONSTORE d 2 a b
ZINTERSTORE d 2 a b
ZDIFFSTORE d 2 a b
ZDIFFSTORE d 2 a a
ZDIFFSTORE d 2 a a
ZINTERSTORE d 2 a nothing
ZUNIONSTORE d 2 nothing nothing2
ZRANGESTORE d a 0 -1
ZRANGESTORE d a 0 -1
ZRANGESTORE d a 5 6
ZRANGESTORE d a 5 6
ZRANGESTORE d nothing 0 -1
ZRANGESTORE d a 0 1 BYSCORE
ZRANGESTORE d nothing 0 1 BYSCORE
SET s v
ZUNIONSTORE s 1 a
SET s v
ZUNIONSTORE s 1 nothing
SADD set m
ZUNIONSTORE s 2 a set
ZUNIONSTORE a 2 a b

=== reading
ZSCORE nothing x
ZMSCORE nothing x
ZCARD nothing
ZCOUNT nothing 0 1
ZLEXCOUNT nothing - +
ZRANK nothing x
ZREVRANK nothing x
ZRANGE nothing 0 -1
ZRANGE nothing 0 1 BYSCORE
ZRANGE nothing - + BYLEX
ZREVRANGE nothing 0 -1
ZRANGEBYSCORE nothing 0 1
ZREVRANGEBYSCORE nothing 1 0
ZRANGEBYLEX nothing - +
ZREVRANGEBYLEX nothing + -
ZRANDMEMBER nothing
ZRANDMEMBER nothing 2
ZSCAN nothing 0
ZUNION 2 nothing nothing2
ZINTER 2 nothing nothing2
ZDIFF 2 nothing nothing2
ZINTERCARD 2 nothing nothing2
ZADD a 1 x
ZINTER 2 a nothing
ZINTER 2 nothing a
ZDIFF 2 nothing a
ZINTERCARD 2 nothing a
ZSCORE a nothing
SET s v
ZSCORE s x
`,
);
