/** BZPOPMIN, BZPOPMAX and BZMPOP, with the clients that they make wait. */

import { sameReplies } from "../../support/compare.js";

sameReplies(
  "sorted sets: what is there is taken without waiting",
  String.raw`
=== BZPOPMIN and BZPOPMAX
ZADD z 1 a 2.5 b 3 c inf d
BZPOPMIN z 0
BZPOPMAX z 0
BZPOPMIN none z 0
BZPOPMAX none z y 0.01
BZPOPMAX z 0.01
EXISTS z
=== BZMPOP
ZADD z 1 a 2.5 b 3 c 4 d
BZMPOP 0 1 z MIN
BZMPOP 0 2 none z MAX COUNT 2
BZMPOP 0 2 none z max count 10
BZMPOP 0.01 2 none z MIN COUNT 10
=== another type
SET s 1
RPUSH l x
ZADD z 1 a
BZPOPMIN s 0
BZPOPMIN none l z 0
BZPOPMAX z l 0
BZMPOP 0 1 s MIN
BZMPOP 0 2 none l MIN
=== arguments
BZPOPMIN
BZPOPMIN z
BZPOPMAX z
BZPOPMAX z x
BZPOPMIN z -1
BZMPOP 0 1 z
BZMPOP 0 0 z MIN
BZMPOP 0 x z MIN
BZMPOP 0 1 z UP
BZMPOP 0 2 z MIN
BZMPOP 0 1 z MIN COUNT 0
BZMPOP 0 1 z MIN COUNT x
BZMPOP 0 1 z MIN COUNT
BZMPOP 0 1 z MIN 1
BZMPOP 0 1 z MIN COUNT 1 COUNT 1
BZMPOP x 0 z MIN
BZMPOP -1 x z MIN
BZMPOP x 1 z UP
BZMPOP x 1 z MIN COUNT 0
BZMPOP -1 1 z MIN
=== inside a transaction nothing waits
MULTI
BZPOPMIN a b 0
BZPOPMAX a 1
BZMPOP 0 2 a b MIN
ZADD a 1 x 2 y 3 z
BZPOPMIN a 0
BZPOPMAX a 0
BZMPOP 0 1 a MIN
EXEC
`,
);

sameReplies(
  "sorted sets: clients are served in their order when the unit has ended",
  String.raw`
=== first come, first served
@1 ~block BZPOPMIN z 0
@2 ~block BZPOPMAX z 0
@3 ~block BZPOPMIN z 0
ZADD z 1 a 2 b
@1 ~read
@2 ~read
ZADD z 3.5 c
@3 ~read
EXISTS z
=== a transaction is complete
@1 ~block BZPOPMIN z 0
@2 ~block BZMPOP 0 2 y z MAX COUNT 2
MULTI
ZADD z 5 a
ZADD z 1 b
ZADD z 3 c
ZINCRBY z 10 b
ZADD z 4 d
EXEC
@1 ~read
@2 ~read
ZRANGE z 0 -1
=== ZINCRBY and ZADD with options
@1 ~block BZPOPMIN z 0
ZADD z XX 1 a
ZADD z INCR 1 a
@1 ~read
@1 ~block BZPOPMIN z 0
ZINCRBY z 7 a
@1 ~read
=== results of other commands
ZADD a 1 x 2 y
@1 ~block BZPOPMIN z 0
ZUNIONSTORE z 1 none
ZUNIONSTORE z 1 a
@1 ~read
DEL z
@1 ~block BZPOPMIN z 0
ZINTERSTORE z 1 a
@1 ~read
DEL z
@1 ~block BZPOPMIN z 0
ZDIFFSTORE z 1 a
@1 ~read
DEL z
@1 ~block BZPOPMIN z 0
ZRANGESTORE z a 0 -1
@1 ~read
DEL z
@1 ~block BZPOPMAX z 0
COPY a z
@1 ~read
DEL z
@1 ~block BZPOPMAX z 0
RENAME a z
@1 ~read
=== in the place of a string that has expired
ZADD a 1 x
@1 ~block BZPOPMIN z 0
MULTI
SET z string PXAT 1
ZUNIONSTORE z 1 a
EXEC
@1 ~read
=== in the place of a string nobody is told
ZADD a 1 x
@1 ~block BZPOPMIN z 0
SET z string
ZUNIONSTORE z 1 a
~match "blocked_clients:1" INFO clients
DEL z
ZADD z 1 y
@1 ~read
=== MOVE and SWAPDB
ZADD z 1 x
@1 SELECT 3
@1 ~block BZPOPMIN z 0
MOVE z 3
@1 ~read
ZADD z 1 x
@1 ~block BZPOPMIN z 0
SWAPDB 3 0
@1 ~read
=== time is over
@1 BZPOPMIN z 0.02
@1 BZPOPMAX z 0.02
@1 BZMPOP 0.02 1 z MIN
ZADD z 1 x
ZCARD z
`,
);
