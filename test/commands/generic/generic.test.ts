/** The commands of group generic beside redis-server. */

import { sameReplies } from "../../support/compare.js";

sameReplies(
  "DEL, UNLINK, EXISTS and TOUCH",
  String.raw`
    === counting
    MSET a 1 b 2 c 3
    EXISTS a
    EXISTS a a b x
    EXISTS x
    TOUCH a a b x
    TOUCH x
    DEL a
    DEL a
    DEL b b x
    UNLINK c c x
    UNLINK c
    DBSIZE
    === any bytes are a key
    SET "" empty
    SET "\x00\xff" zero
    EXISTS "" "\x00\xff"
    DEL "" "\x00\xff"
    === arity
    DEL
    UNLINK
    EXISTS
    TOUCH
    === expired keys do not count
    SET a 1 PX 1
    SET b 1 PX 1
    SET c 1 PX 1
    ~wait 20
    EXISTS a
    TOUCH b
    DEL c
    UNLINK c
  `,
);

sameReplies(
  "EXPIRE and its kin",
  String.raw`
    === the plain forms
    SET a 1
    EXPIRE a 100
    TTL a
    PTTL a
    PEXPIRE a 200000
    TTL a
    EXPIREAT a 4000000000
    EXPIRETIME a
    PEXPIRETIME a
    PEXPIREAT a 4000000000500
    EXPIRETIME a
    PEXPIRETIME a
    PEXPIREAT a 4000000000499
    EXPIRETIME a
    PERSIST a
    PERSIST a
    TTL a
    PTTL a
    EXPIRETIME a
    PEXPIRETIME a
    === missing keys
    EXPIRE x 100
    PEXPIRE x 100
    EXPIREAT x 100
    PEXPIREAT x 100
    TTL x
    PTTL x
    EXPIRETIME x
    PEXPIRETIME x
    PERSIST x
    === the past is at once
    SET a 1
    EXPIRE a 0
    EXISTS a
    SET a 1
    EXPIRE a -1
    EXISTS a
    SET a 1
    PEXPIRE a -9223372036854775808
    EXISTS a
    SET a 1
    EXPIREAT a 1
    EXISTS a
    SET a 1
    PEXPIREAT a -1
    EXISTS a
    === NX
    SET a 1
    EXPIRE a 100 NX
    EXPIRE a 200 NX
    TTL a
    EXPIRE x 100 NX
    === XX
    SET a 1
    EXPIRE a 100 XX
    TTL a
    EXPIRE a 100
    EXPIRE a 200 xx
    TTL a
    === GT
    SET a 1
    EXPIRE a 100 GT
    EXPIRE a 100
    EXPIRE a 50 GT
    EXPIRE a 200 GT
    TTL a
    PEXPIREAT a 4000000000000
    PEXPIREAT a 4000000000000 GT
    PEXPIREAT a 4000000000001 GT
    PEXPIRETIME a
    EXPIRE a -1 GT
    === LT
    SET a 1
    EXPIRE a 100 LT
    EXPIRE a 200 LT
    EXPIRE a 50 LT
    TTL a
    PEXPIREAT a 4000000000000
    PEXPIREAT a 4000000000000 LT
    EXPIRE a -1 LT
    EXISTS a
    === several conditions
    SET a 1
    EXPIRE a 100 XX GT
    EXPIRE a 100
    EXPIRE a 200 XX GT
    EXPIRE a 100 GT XX
    EXPIRE a 100 LT XX
    EXPIRE a 100 NX XX
    EXPIRE a 100 NX GT
    EXPIRE a 100 LT NX
    EXPIRE a 100 GT LT
    EXPIRE a 100 XX XX
    EXPIRE a 100 "\r\nN\r\nX\n\r"
    EXPIRE a 100 NX NX
    === bad arguments
    SET a 1
    EXPIRE a
    EXPIRE
    EXPIRE a x
    EXPIRE a 1.5
    EXPIRE a ""
    EXPIRE a " 1"
    EXPIRE a 010
    EXPIRE a 100 foo
    EXPIRE a x foo
    EXPIRE a 100 NX foo
    PEXPIRE a x
    EXPIREAT a x
    PEXPIREAT a x
    PERSIST
    PERSIST a b
    TTL
    TTL a b
    PTTL
    EXPIRETIME
    PEXPIRETIME a b
    === overflow
    SET a 1
    EXPIRE a 9223372036854775807
    EXPIRE a 9223372036854776
    EXPIRE a 9223372036854775
    EXPIRE a -9223372036854776
    EXPIRE a 9223372036854775808
    PEXPIRE a 9223372036854775807
    PEXPIRE a 9223372036854775808
    EXPIREAT a 9223372036854776
    EXPIREAT a -9223372036854776
    PEXPIREAT a 9223372036854775808
    EXPIRE x 9223372036854775807
    TTL a
    === far times, as far as a double goes
    SET a 1
    PEXPIREAT a 9007199254740991
    PEXPIRETIME a
    EXPIRETIME a
    === beyond that a key stays, although its expiry is told less exactly
    SET a 1 PXAT 9223372036854775807
    GET a
    SET a 1
    PEXPIREAT a 9223372036854775807
    EXISTS a
    EXPIRE a 9200000000000000
    EXISTS a
    PERSIST a
    === SET forgets the expiry, APPEND keeps it
    SET a 1 EX 100
    SET a 2
    TTL a
    SET a 1 EX 100
    APPEND a 2
    TTL a
    === lazily gone
    SET a 1 PX 1
    ~wait 20
    TTL a
    PERSIST a
    EXPIRE a 100
    GET a
    TYPE a
  `,
);

sameReplies(
  "TYPE, RENAME, RENAMENX, MOVE and COPY",
  String.raw`
    === TYPE
    SET a 1
    TYPE a
    TYPE x
    TYPE
    TYPE a b
    === RENAME
    SET a 1
    RENAME a b
    GET a
    GET b
    RENAME x y
    RENAME x x
    RENAME b b
    SET c 2
    RENAME b c
    GET c
    RENAME
    RENAME a
    RENAME a b c
    === RENAME takes the expiry along, and not the old one
    SET a 1 EX 100
    SET b 2 EX 1000
    RENAME a b
    TTL b
    SET c 3
    RENAME c b
    TTL b
    === RENAMENX
    SET a 1
    SET b 2
    RENAMENX a b
    RENAMENX a c
    GET c
    RENAMENX c c
    RENAMENX x y
    RENAMENX x x
    RENAMENX a
    === RENAMENX onto an expired key
    SET a 1
    SET b 2 PX 1
    ~wait 20
    RENAMENX a b
    GET b
    === long names and values
    SET kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk v
    RENAME kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk a
    SETRANGE a 20000 x
    RENAME a b
    COPY b c
    STRLEN b
    STRLEN c
    === MOVE
    SET a 1 EX 100
    MOVE a 1
    EXISTS a
    MOVE a 1
    SELECT 1
    GET a
    TTL a
    MOVE a 1
    MOVE a 99
    MOVE a -1
    MOVE a x
    MOVE a 99999999999
    MOVE a 99999999999999999999
    MOVE x 0
    SELECT 0
    SET a 2
    MOVE a 1
    GET a
    MOVE
    MOVE a
    MOVE a 1 2
    === COPY
    SET a 1 EX 100
    COPY a b
    GET b
    TTL b
    COPY a b
    SET a 2
    COPY a b
    COPY a b REPLACE
    GET b
    TTL b
    COPY a b DB 1
    COPY a b DB 1
    COPY a b DB 1 REPLACE
    COPY a b replace db 1
    COPY a a DB 1
    COPY a a
    COPY a a DB 0
    COPY x x
    COPY x y
    COPY a b DB 99
    COPY a b DB x
    COPY a b DB 99999999999
    COPY a b DB -1
    COPY a b DB
    COPY a b FOO
    COPY a b REPLACE REPLACE
    COPY
    COPY a
    === COPY over an expired key
    SET a 1
    SET b 2 PX 1
    ~wait 20
    COPY a b
    GET b
    TTL b
  `,
);

sameReplies(
  "KEYS and RANDOMKEY",
  String.raw`
    === KEYS
    KEYS *
    MSET one 1 two 2 three 3 four 4 "" empty
    ~unordered KEYS *
    ~unordered KEYS *o*
    ~unordered KEYS t??
    KEYS on[a-e]
    KEYS x*
    KEYS ""
    KEYS
    KEYS a b
    === KEYS leaves out what has expired, and DBSIZE does not
    DEBUG SET-ACTIVE-EXPIRE 0
    SET a 1 PX 1
    SET b 1
    ~wait 20
    KEYS *
    DBSIZE
    GET a
    DBSIZE
    DEBUG SET-ACTIVE-EXPIRE 1
    === RANDOMKEY
    RANDOMKEY
    SET a 1
    RANDOMKEY
    RANDOMKEY x
    === RANDOMKEY passes over what has expired, and deletes it
    DEBUG SET-ACTIVE-EXPIRE 0
    SET a 1 PX 1
    SET b 1 PX 1
    ~wait 20
    RANDOMKEY
    DBSIZE
    DEBUG SET-ACTIVE-EXPIRE 1
  `,
);

sameReplies(
  "SCAN",
  String.raw`
    === few keys
    SCAN 0
    SET a 1
    SCAN 0
    SCAN 0 MATCH a*
    SCAN 0 MATCH b*
    SCAN 0 MATCH *
    SCAN 0 COUNT 100
    SCAN 0 count 1000000000000
    SCAN 0 TYPE string
    SCAN 0 TYPE STRING
    SCAN 0 TYPE hash
    SCAN 0 TYPE nonsense
    SCAN 0 MATCH a COUNT 5 TYPE string
    SCAN 0 MATCH b MATCH a
    === an empty name fits one star only
    SET "" 1
    KEYS *
    KEYS **
    KEYS ""
    SCAN 0 MATCH *
    SCAN 0 MATCH **
    SADD s ""
    SSCAN s 0 MATCH *
    SSCAN s 0 MATCH **
    SSCAN s 0 MATCH ""
    === cursors
    SCAN x
    SCAN 1x
    SCAN " 1"
    SCAN -
    SCAN 1.5
    SCAN 18446744073709551616
    SCAN 99999999999999999999999
    SCAN ""
    SCAN +0
    SCAN 00
    === options
    SCAN
    SCAN 0 COUNT
    SCAN 0 COUNT 0
    SCAN 0 COUNT -1
    SCAN 0 COUNT x
    SCAN 0 COUNT 9223372036854775808
    SCAN 0 MATCH
    SCAN 0 TYPE
    SCAN 0 FOO
    SCAN 0 FOO bar
    SCAN x COUNT y
    === expired keys are deleted as they are met, when they match
    DEBUG SET-ACTIVE-EXPIRE 0
    SET a 1 PX 1
    ~wait 20
    SCAN 0 MATCH b*
    DBSIZE
    SCAN 0 MATCH a*
    DBSIZE
    DEBUG SET-ACTIVE-EXPIRE 1
  `,
);

sameReplies(
  "OBJECT",
  String.raw`
    === ENCODING and REFCOUNT
    MSET int 12345 big 9223372036854775807 short hello long 012345678901234567890123456789012345678901234
    OBJECT ENCODING int
    OBJECT ENCODING big
    OBJECT ENCODING short
    OBJECT ENCODING long
    OBJECT ENCODING missing
    OBJECT REFCOUNT short
    OBJECT REFCOUNT int
    OBJECT REFCOUNT missing
    MSET zero 0 shared 9999 not 10000 negative -1
    OBJECT REFCOUNT zero
    OBJECT REFCOUNT shared
    OBJECT REFCOUNT not
    OBJECT REFCOUNT negative
    APPEND int x
    OBJECT ENCODING int
    === IDLETIME and FREQ without an LFU policy
    SET a some-text
    ~near 1 OBJECT IDLETIME a
    OBJECT IDLETIME missing
    OBJECT FREQ a
    OBJECT FREQ missing
    === with one
    CONFIG SET maxmemory-policy allkeys-lfu
    SET b some-text
    OBJECT FREQ b
    OBJECT IDLETIME b
    OBJECT IDLETIME missing
    OBJECT FREQ missing
    CONFIG SET maxmemory-policy noeviction
    OBJECT FREQ b
    === bad arguments
    OBJECT
    OBJECT FOO a
    OBJECT FOO
    OBJECT ENCODING
    OBJECT ENCODING a b
    OBJECT FREQ
    OBJECT HELP x
    ~type OBJECT HELP
  `,
);

sameReplies(
  "maxmemory without anything to evict",
  String.raw`
    === what needs memory is refused, the rest is not
    SET a 1
    COPY a b
    GET a
    DEL a
    EXPIRE a 10
    RENAME a b
    === a transaction takes memory
    MULTI
    GET a
    EXEC
    MULTI
    DISCARD
  `,
  { directives: { maxmemory: "1" } },
);

sameReplies(
  "EXEC is refused as a whole when what it would run is",
  String.raw`
    === out of memory
    MULTI
    SET a 1
    @1 CONFIG SET maxmemory 1
    EXEC
    EXEC
    @1 CONFIG SET maxmemory 0
    EXISTS a
    === only what needs memory
    MULTI
    GET a
    DEL a
    @1 CONFIG SET maxmemory 1
    EXEC
    @1 CONFIG SET maxmemory 0
    === and forgets what was watched
    WATCH a
    MULTI
    SET a 1
    @1 CONFIG SET maxmemory 1
    EXEC
    @1 CONFIG SET maxmemory 0
    @1 SET a 2
    MULTI
    PING
    EXEC
  `,
);

sameReplies(
  "SCAN deletes an expired key that its pattern fits, also one of another type",
  `
    SET gone 1 PXAT 1
    SCAN 0 COUNT 1000 TYPE list
    DBSIZE
    SET gone 1 PXAT 1
    SCAN 0 COUNT 1000 MATCH g* TYPE string
    DBSIZE
  `,
);
