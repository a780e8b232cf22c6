/** MULTI, EXEC, DISCARD, WATCH and UNWATCH beside redis-server. */

import { sameReplies } from "../../support/compare.js";

sameReplies(
  "MULTI, EXEC and DISCARD",
  String.raw`
    === replies come together, errors in their place
    MULTI
    SET a x
    GET a
    INCR a
    STRLEN a
    GET missing
    EXEC
    GET a
    === nothing queued
    MULTI
    EXEC
    === DISCARD
    SET a 1
    MULTI
    SET a 2
    DISCARD
    GET a
    DISCARD
    EXEC
    === out of place
    EXEC
    DISCARD
    MULTI
    MULTI
    SET a 1
    WATCH a
    EXEC
    GET a
    === what cannot be queued makes EXEC fail
    MULTI
    SET a 1
    NOSUCHCOMMAND a b
    SET a 2
    EXEC
    EXISTS a
    MULTI
    GET
    EXEC
    MULTI
    OBJECT FOO a
    EXEC
    MULTI
    SET a 3
    EXEC
    GET a
    === a failing transaction can be discarded
    MULTI
    GET
    DISCARD
    MULTI
    PING
    EXEC
    === arity
    MULTI x
    EXEC x
    DISCARD x
    UNWATCH x
    WATCH
    MULTI
    EXEC x
    EXEC
    === SELECT inside
    MULTI
    SET a 0
    SELECT 1
    SET a 1
    EXEC
    GET a
    SELECT 0
    GET a
    === UNWATCH is queued
    MULTI
    UNWATCH
    EXEC
    === RESET leaves the transaction
    MULTI
    SET a 1
    RESET
    EXEC
    EXISTS a
    === what is queued is a copy
    MULTI
    SET a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    SET b bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    MGET a b
    EXEC
  `,
);

sameReplies(
  "WATCH",
  String.raw`
    === nobody touches it
    WATCH a b
    MULTI
    SET a 1
    EXEC
    GET a
    === somebody else does
    WATCH a
    @1 SET a 1
    MULTI
    SET a 2
    EXEC
    GET a
    === we do, before MULTI
    WATCH a
    SET a 1
    MULTI
    PING
    EXEC
    === what changes nothing does not count
    SET a 1
    WATCH a b
    @1 GET a
    @1 DEL b
    @1 PERSIST a
    @1 SETNX a 2
    MULTI
    PING
    EXEC
    === a change of another key does not count
    WATCH a
    @1 SET b 1
    MULTI
    PING
    EXEC
    === every kind of change counts
    SET a 1
    WATCH a
    @1 EXPIRE a 100
    MULTI
    EXEC
    WATCH a
    @1 PERSIST a
    MULTI
    EXEC
    WATCH b
    @1 RENAME a b
    MULTI
    EXEC
    WATCH b
    @1 RENAME b c
    MULTI
    EXEC
    WATCH d
    @1 COPY c d
    MULTI
    EXEC
    WATCH d
    @1 MOVE d 1
    MULTI
    EXEC
    WATCH c
    @1 DEL c
    MULTI
    EXEC
    === UNWATCH forgets
    WATCH a
    @1 SET a 1
    UNWATCH
    MULTI
    PING
    EXEC
    === EXEC and DISCARD forget
    WATCH a
    MULTI
    PING
    EXEC
    @1 SET a 1
    MULTI
    PING
    EXEC
    WATCH a
    MULTI
    DISCARD
    @1 SET a 2
    MULTI
    PING
    EXEC
    === a failed EXEC forgets
    WATCH a
    @1 SET a 1
    MULTI
    EXEC
    MULTI
    PING
    EXEC
    === a key of another database is another key
    WATCH a
    @1 SELECT 1
    @1 SET a 1
    MULTI
    PING
    EXEC
    === both reasons to fail
    WATCH a
    @1 SET a 1
    MULTI
    NOSUCHCOMMAND
    EXEC
    === a key that expires meanwhile has changed, before anybody has deleted it
    DEBUG SET-ACTIVE-EXPIRE 0
    SET a 1 PX 2000
    WATCH a
    ~wait 2200
    MULTI
    PING
    EXEC
    DEBUG SET-ACTIVE-EXPIRE 1
    === a key that had expired before has not
    DEBUG SET-ACTIVE-EXPIRE 0
    SET a 1 PX 1
    ~wait 20
    WATCH a
    MULTI
    PING
    EXEC
    SET b 1 PX 1
    ~wait 20
    WATCH b
    @1 GET b
    MULTI
    PING
    EXEC
    SET c 1 PX 1
    ~wait 20
    WATCH c
    @1 SET c 2
    MULTI
    PING
    EXEC
    DEBUG SET-ACTIVE-EXPIRE 1
    === emptying the database touches what was there
    SET a 1
    WATCH a
    @1 FLUSHDB
    MULTI
    EXEC
    WATCH a
    @1 FLUSHDB
    MULTI
    PING
    EXEC
    SET a 1
    WATCH a
    @1 FLUSHALL
    MULTI
    EXEC
    === exchanging databases touches what is in either
    SET a 1
    WATCH a b c
    @1 SWAPDB 0 1
    MULTI
    EXEC
    WATCH a
    @1 SWAPDB 0 1
    MULTI
    EXEC
    WATCH nothing
    @1 SWAPDB 0 1
    MULTI
    PING
    EXEC
    === watching twice is watching once
    WATCH a a
    WATCH a
    MULTI
    PING
    EXEC
  `,
);
