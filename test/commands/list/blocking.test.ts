/** BLPOP, BRPOP, BLMPOP, BLMOVE and BRPOPLPUSH, with the clients that they make wait. */

import { sameReplies } from "../../support/compare.js";

sameReplies(
  "lists: what is there is taken without waiting",
  String.raw`
=== BLPOP and BRPOP
RPUSH a 1 2 3
RPUSH b x
BLPOP a 0
BRPOP a 0
BLPOP none a b 0
BLPOP a 0.01
BRPOP a b 1
EXISTS a b
=== BLMPOP
RPUSH a 1 2 3 4 5
BLMPOP 0 1 a LEFT
BLMPOP 0 2 none a RIGHT COUNT 2
BLMPOP 0 2 none a right count 10
BLMPOP 0.01 2 none a LEFT COUNT 10
=== BLMOVE and BRPOPLPUSH
RPUSH a 1 2 3 4
BLMOVE a b LEFT RIGHT 0
BLMOVE a b right left 0
BRPOPLPUSH a b 0
BLMOVE a a LEFT RIGHT 0
LRANGE a 0 -1
LRANGE b 0 -1
BLMOVE none b LEFT LEFT 0.01
BRPOPLPUSH none b 0.01
=== another type
SET s 1
RPUSH l 1
BLPOP s 0
BLPOP none s l 0
BLPOP l s 0
BRPOP s 0
BLMPOP 0 1 s LEFT
BLMPOP 0 2 none s LEFT
BLMOVE s l LEFT LEFT 0
BRPOPLPUSH s l 0
RPUSH l 1
BLMOVE l s LEFT LEFT 0
BRPOPLPUSH l s 0
LRANGE l 0 -1
=== arguments
BLPOP
BLPOP a
BRPOP 0
BLMOVE a b LEFT RIGHT
BLMOVE a b LEFT RIGHT 0 0
BLMOVE a b UP RIGHT x
BLMOVE a b LEFT UP x
BLMOVE a b LEFT RIGHT x
BRPOPLPUSH a b
BRPOPLPUSH a b x
BLMPOP 0 1 a
BLMPOP 0 0 a LEFT
BLMPOP 0 x a LEFT
BLMPOP 0 1 a UP
BLMPOP 0 2 a LEFT
BLMPOP 0 1 a LEFT COUNT 0
BLMPOP 0 1 a LEFT COUNT x
BLMPOP 0 1 a LEFT COUNT
BLMPOP 0 1 a LEFT 1
BLMPOP 0 1 a LEFT COUNT 1 COUNT 1
BLMPOP x 0 a LEFT
BLMPOP -1 x a LEFT
BLMPOP x 1 a UP
BLMPOP x 1 a LEFT COUNT 0
BLMPOP x 1 a LEFT COUNT 2
BLMPOP 1 99999999999999999999 a LEFT
=== timeouts
BLPOP none 0.01
BLPOP none 1e-30
BLPOP none 0x1p-7
BLPOP none -1
BLPOP none -0.5
BLPOP none -0.0010001
BLPOP none -inf
BLPOP none nan
BLPOP none ""
BLPOP none " 1"
BLPOP none "1 "
BLPOP none 1x
BLPOP none 0.01.1
BLPOP none abc
BLPOP none 1e5000
RPUSH l 1 2 3 4
BLPOP l -0.001
BLPOP l -0.0
BLPOP l 9221806000000000
RPUSH l 5 6 7 8
BRPOPLPUSH l m -1
BLMOVE l m LEFT LEFT -1
BLMPOP -1 1 l LEFT
~7.2 "checked before it overflows" "-ERR timeout is out of range\r\n" BLPOP l 9223372036854775
~7.2 "checked before it overflows" "-ERR timeout is out of range\r\n" BLPOP l 9223372036854775.5
~7.2 "checked before it overflows" "-ERR timeout is out of range\r\n" BLPOP l 9223372036854776
~7.2 "checked before it overflows" "-ERR timeout is out of range\r\n" BLPOP l 1e300
~7.2 "checked before it overflows" "-ERR timeout is out of range\r\n" BLPOP l inf
~7.2 "checked before it overflows" "-ERR timeout is out of range\r\n" BLPOP l +Infinity
DEL l
`,
);

sameReplies(
  "lists: inside a transaction nothing waits",
  String.raw`
=== null replies
MULTI
BLPOP a b 0
BRPOP a 1
BLMPOP 0 2 a b LEFT
BLMOVE a b LEFT LEFT 0
BRPOPLPUSH a b 0
LPUSH a 1 2
BLPOP a 0
BLMOVE a b LEFT LEFT 0
BLPOP a x
BLPOP a -1
EXEC
=== what the transaction pushes and takes back is for nobody else
@1 ~block BLPOP l 0
MULTI
LPUSH l x
BLPOP l 0
EXEC
MULTI
LPUSH l x
DEL l
EXEC
LPUSH l z
@1 ~read
`,
);

sameReplies(
  "lists: clients are served in their order when the unit has ended",
  String.raw`
=== first come, first served
@1 ~block BLPOP l 0
@2 ~block BRPOP l 0
@3 ~block BLPOP l 0
RPUSH l a b
@1 ~read
@2 ~read
EXISTS l
RPUSH l c d
@3 ~read
LRANGE l 0 -1
=== the one push is complete before anybody is served
@1 ~block BLPOP l 0
LPUSH l a b c
@1 ~read
LRANGE l 0 -1
=== a transaction is complete as well
@1 ~block BLPOP l 0
@2 ~block BLPOP l 0
MULTI
RPUSH l a
RPUSH l b
LPUSH l c
EXEC
@1 ~read
@2 ~read
LRANGE l 0 -1
=== who waits for several keys leaves all of them
@1 ~block BLPOP a b c 0
@2 ~block BLPOP c 0
RPUSH b x
@1 ~read
RPUSH c y
@2 ~read
RPUSH a z
LRANGE a 0 -1
=== a key named twice
@1 ~block BLPOP a a b a 0
RPUSH a 1 2
@1 ~read
LRANGE a 0 -1
=== of several keys that become ready at once, the first argument
@1 ~block BLPOP a b 0
MULTI
RPUSH b x
RPUSH a y
EXEC
@1 ~7.2 "runs the command again, 7.0 serves the key that was ready first" "*2\r\n$1\r\na\r\n$1\r\ny\r\n" ~read
DEL a b
=== a key of another type before the one that became ready
@1 ~block BLPOP a b 0
SET a string
RPUSH b x
@1 ~7.2 "runs the command again, which stops at the first key" "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n" ~read
~ignore DEL b
=== keys are served in the order in which they became ready
@1 ~block BLMOVE a log RIGHT RIGHT 0
@2 ~block BLMOVE b log RIGHT RIGHT 0
MULTI
RPUSH b second
RPUSH a first
EXEC
@1 ~read
@2 ~read
LRANGE log 0 -1
=== BLMPOP takes several
@1 ~block BLMPOP 0 2 a b RIGHT COUNT 3
RPUSH b 1 2 3 4 5
@1 ~read
LRANGE b 0 -1
=== a chain of moves
@1 ~block BLMOVE a b LEFT RIGHT 0
@2 ~block BLMOVE b c LEFT RIGHT 0
@3 ~block BRPOPLPUSH c d 0
@4 ~block BLPOP d 0
LPUSH a element
@1 ~read
@2 ~read
@3 ~read
@4 ~read
KEYS *
=== a move in a circle
@1 ~block BLMOVE a b LEFT RIGHT 0
@2 ~block BLMOVE b a LEFT RIGHT 0
RPUSH a 1
@1 ~read
@2 ~read
LRANGE a 0 -1
=== a list that is its own destination
@1 ~block BLMOVE a a LEFT RIGHT 0
@2 ~block BLPOP a 0
RPUSH a 1 2
@1 ~read
@2 ~read
LRANGE a 0 -1
=== the destination is no list
SET d x
@1 ~block BLMOVE a d LEFT RIGHT 0
@2 ~block BLPOP a 0
RPUSH a 1
@1 ~read
@2 ~read
@3 ~block BRPOPLPUSH a d 0
RPUSH a 2
@3 ~read
LRANGE a 0 -1
=== another database is another key
@1 SELECT 1
@1 ~block BLPOP l 0
RPUSH l 0
SELECT 1
RPUSH l 1
@1 ~read
=== commands behind the one that waits are answered after it
@1 ~block BLPOP l 0
@1 ~silent PING
@1 ~silent RPUSH m x
@1 ~silent BLPOP m 0
@1 ~silent GET none
EXISTS m
RPUSH l 1
@1 ~read
@1 ~read
@1 ~read
@1 ~read
@1 ~read
=== a transaction behind the one that waits
@1 ~block BLPOP l 0
@1 ~silent MULTI
@1 ~silent PING
@1 ~silent BLPOP l 0
@1 ~silent EXEC
RPUSH l 1
@1 ~read
@1 ~read
@1 ~read
@1 ~read
@1 ~read
=== RESET behind the one that waits
@1 ~block BLPOP l 0
@1 ~silent RESET
RPUSH l 1
@1 ~read
@1 ~read
=== QUIT behind the one that waits
@1 ~block BLPOP l 0
@1 ~silent QUIT
RPUSH l 1
@1 ~read
@1 ~read
@1 ~closed
=== a watched key that is served has changed
@1 WATCH l
@2 ~block BLPOP l 0
RPUSH l 1
@2 ~read
@1 MULTI
@1 PING
@1 EXEC
=== replies that nobody wants
@1 ~silent CLIENT REPLY SKIP
@1 ~block BLPOP l 0
RPUSH l 1
@1 PING
@1 ~silent CLIENT REPLY OFF
@1 ~block BLPOP l 0
RPUSH l 2
@1 CLIENT REPLY ON
EXISTS l
=== more time than a timer takes
@1 ~block BLPOP l 3000000
@2 ~block BLPOP l 9220000000000000
PING
RPUSH l a b
@1 ~read
@2 ~read
=== time is over
@1 BLPOP a b 0.02
@1 BRPOP a 0.02
@1 BLMPOP 0.02 1 a LEFT
@1 BLMOVE a b LEFT LEFT 0.02
@1 BRPOPLPUSH a b 0.02
RPUSH a x
LLEN a
`,
);

sameReplies(
  "lists: whatever brings the key into being",
  String.raw`
=== RENAME
RPUSH other 1
@1 ~block BLPOP l 0
RENAME other l
@1 ~read
=== RENAMENX
RPUSH other 1
@1 ~block BLPOP l 0
RENAMENX other l
@1 ~read
=== RENAME over a string
RPUSH other 1
@1 ~block BLPOP l 0
SET l x
RENAME other l
@1 ~read
=== COPY
RPUSH other 1 2
@1 ~block BLPOP l 0
COPY other l
@1 ~read
LRANGE l 0 -1
=== COPY over a string, into another database
RPUSH other 1 2
@1 SELECT 3
@1 ~block BLPOP l 0
@2 SELECT 3
@2 SET l x
COPY other l DB 3 REPLACE
@1 ~read
@1 LRANGE l 0 -1
=== MOVE
RPUSH l 1 2
@1 SELECT 3
@1 ~block BLPOP l 0
MOVE l 3
@1 ~read
@1 LRANGE l 0 -1
=== SWAPDB
RPUSH l 1 2
@1 SELECT 3
@1 ~block BLPOP l 0
@2 SELECT 3
@2 RPUSH m 3 4
@3 ~block BLPOP m 0
SWAPDB 0 3
@1 ~read
@3 ~read
@1 LRANGE l 0 -1
@3 LRANGE m 0 -1
=== LMOVE and RPOPLPUSH
RPUSH other 1 2
@1 ~block BLPOP l 0
LMOVE other l LEFT LEFT
@1 ~read
@1 ~block BLPOP l 0
RPOPLPUSH other l
@1 ~read
=== LINSERT, LPUSHX and RPUSHX make none
@1 ~block BLPOP l 0
LPUSHX l 1
RPUSHX l 1
LINSERT l BEFORE 1 2
RPUSH l a
@1 ~read
=== another type does not count
@1 ~block BLPOP l 0
SET l x
DEL l
ZADD l 1 a
DEL l
SADD l x
EXPIRE l 100
DEL l
RPUSH l a
@1 ~read
=== a list in the place of a value of another type, in one transaction
@1 ~block BLPOP l 0
MULTI
SET l x
DEL l
RPUSH l a
EXEC
@1 ~read
=== a list that becomes something else in the same transaction
@1 ~block BLPOP l 0
MULTI
RPUSH l a
DEL l
SET l x
EXEC
DEL l
RPUSH l b
@1 ~read
=== a list that has expired when its turn comes
@1 ~block BLPOP l 0
MULTI
RPUSH l a
PEXPIREAT l 1
EXEC
RPUSH l b
@1 ~read
=== FLUSHALL and FLUSHDB
@1 ~block BLPOP l 0
FLUSHALL
FLUSHDB
MULTI
RPUSH l a
FLUSHALL
RPUSH l b
EXEC
@1 ~read
=== lists and sorted sets at one key
@1 ~block BLPOP k 0
@2 ~block BZPOPMIN k 0
@3 ~block BLPOP k 0
ZADD k 1 member
@2 ~read
RPUSH k a
@1 ~read
MULTI
ZADD k 1 member
DEL k
RPUSH k b
EXEC
@3 ~read
`,
);
