/** What blocking commands leave in the log: what they did, behind what made them do it. */

import { sameEffects } from "../effects.js";

sameEffects(
  "what does not wait is logged as what it did",
  `
RPUSH l 1 2 3 4 5 6 7 8
BLPOP none l 0
BRPOP l 0
BLMPOP 0 2 none l RIGHT COUNT 2
BLMPOP 0 1 l LEFT
BLMOVE l m LEFT RIGHT 0
BRPOPLPUSH l m 0
BLMOVE m m left right 0
BLPOP none 0.01
ZADD z 1 a 2 b 3 c 4 d 5 e
BZPOPMIN none z 0
BZPOPMAX z 0
BZMPOP 0 2 none z MAX COUNT 2
BZMPOP 0 1 z MIN
BZPOPMIN z 0.01
MULTI
BLPOP l 0
BLPOP l 0
BLPOP l 0
BLMOVE m l RIGHT LEFT 0
EXEC
`,
  [
    "RPUSH l 1 2 3 4 5 6 7 8",
    "LPOP l",
    "RPOP l",
    "RPOP l 2",
    "LPOP l 1",
    "LMOVE l m LEFT RIGHT",
    "RPOPLPUSH l m",
    "LMOVE m m left right",
    "ZADD z 1 a 2 b 3 c 4 d 5 e",
    "ZPOPMIN z",
    "ZPOPMAX z",
    "ZPOPMAX z 2",
    "ZPOPMIN z 1",
    "MULTI",
    "LPOP l",
    "LMOVE m l RIGHT LEFT",
    "EXEC",
  ],
);

sameEffects(
  "what has waited is logged as what it did, behind its cause",
  `
@1 ~block BLPOP none l 0
RPUSH l 1 2
@1 ~read
DEL l
@1 ~block BRPOP l 0
@2 ~block BLMPOP 0 2 none l LEFT COUNT 5
@3 ~block BLMOVE m o left right 0
@4 ~block BRPOPLPUSH o p 0
MULTI
RPUSH l 1
RPUSH m x
RPUSH l 2
EXEC
@1 ~read
@2 ~read
@3 ~read
@4 ~read
@1 ~block BZPOPMIN z 0
@2 ~block BZPOPMAX z 0
@3 ~block BZMPOP 0 2 y z MIN COUNT 2
ZADD z 1 a 2 b 3 c 4 d
@1 ~read
@2 ~read
@3 ~read
@1 SELECT 2
@1 ~block BLPOP l 0
RPUSH l x
MOVE l 2
@1 ~read
@1 ~block BLPOP l 0
@2 SELECT 2
@2 ~block BLMOVE k l left left 0
@3 SELECT 2
@3 RPUSH k 1
@2 ~read
@1 ~read
@1 ~block BLMOVE l k LEFT LEFT 0
@3 SET k string
@3 RPUSH l 1
@1 ~read
`,
  [
    "RPUSH l 1 2",
    "LPOP l",
    "DEL l",
    "MULTI",
    "RPUSH l 1",
    "RPUSH m x",
    "RPUSH l 2",
    "EXEC",
    "RPOP l",
    "LPOP l 1",
    "LMOVE m o left right",
    "RPOPLPUSH o p",
    "ZADD z 1 a 2 b 3 c 4 d",
    "ZPOPMIN z",
    "ZPOPMAX z",
    "ZPOPMIN z 2",
    "RPUSH l x",
    "MOVE l 2",
    "SELECT 2",
    "LPOP l",
    "RPUSH k 1",
    "LMOVE k l left left",
    "LPOP l",
    "SET k string",
    "RPUSH l 1",
  ],
);

sameEffects(
  "what has expired in the transaction that wrote it is nobody's",
  `
@1 ~block BLPOP l m 0
@2 ~block BZPOPMIN z 0
MULTI
RPUSH l x
PEXPIRE l 1
ZADD z 1 x
PEXPIRE z 1
RPUSH other x
PEXPIRE other 1
RENAME other m
DEBUG SLEEP 0.02
EXEC
EXISTS l
EXISTS z
EXISTS m
RPUSH l y
@1 ~read
`,
  [
    "MULTI",
    "RPUSH l x",
    "PEXPIREAT l <time>",
    "ZADD z 1 x",
    "PEXPIREAT z <time>",
    "RPUSH other x",
    "PEXPIREAT other <time>",
    "RENAME other m",
    "EXEC",
    "DEL l",
    "DEL z",
    "DEL m",
    "RPUSH l y",
    "LPOP l",
  ],
  { "enable-debug-command": "yes", hz: "1" },
);
