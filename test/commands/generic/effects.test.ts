/** What generic commands and transactions leave in the append-only file. */

import { sameEffects } from "../effects.js";

sameEffects(
  "Relative expiries become absolute, and those in the past a deletion",
  String.raw`
    MSET a 1 b 2 c 3 d 4 e 5 f 6
    EXPIRE a 1000
    PEXPIRE a 2000000 GT
    EXPIREAT a 4000000000 NX
    EXPIREAT b 4000000000
    PEXPIREAT c 4000000000000
    EXPIRE d -1
    PEXPIREAT e 1
    PERSIST a
    PERSIST a
    EXPIRE missing 10
  `,
  [
    "MSET a 1 b 2 c 3 d 4 e 5 f 6",
    "PEXPIREAT a <time>",
    "PEXPIREAT a <time> GT",
    "PEXPIREAT b 4000000000000",
    "PEXPIREAT c 4000000000000",
    "DEL d",
    "DEL e",
    "PERSIST a",
  ],
);

sameEffects(
  "An expired key is deleted in the log before what comes after",
  String.raw`
    DEBUG SET-ACTIVE-EXPIRE 0
    PSETEX a 1 x
    PSETEX b 1 x
    PSETEX c 1 x
    ~wait 10
    GET a
    SET b y
    MULTI
    GET c
    SET d z
    EXEC
  `,
  [
    "SET a x PXAT <time>",
    "SET b x PXAT <time>",
    "SET c x PXAT <time>",
    "DEL a",
    "MULTI",
    "DEL b",
    "SET b y",
    "EXEC",
    "MULTI",
    "DEL c",
    "SET d z",
    "EXEC",
  ],
);

sameEffects(
  "Deletions of expired keys are UNLINK with lazyfree-lazy-expire",
  String.raw`
    DEBUG SET-ACTIVE-EXPIRE 0
    PSETEX a 1 x
    SET b 1
    ~wait 10
    GET a
    EXPIRE b -1
  `,
  ["SET a x PXAT <time>", "UNLINK a", "UNLINK b"].toSpliced(1, 0, "SET b 1"),
  { "lazyfree-lazy-expire": "yes" },
);

sameEffects(
  "Only what changed something is logged, as it came",
  String.raw`
    MSET a 1 b 2 c 3
    DEL x
    DEL a x
    UNLINK b x
    rename c d
    RENAME d d
    RENAMENX d e
    RENAMENX e e
    COPY e f
    COPY e f
    COPY e f DB 1 REPLACE
    MOVE f 2
    MOVE missing 2
    TOUCH e
    EXISTS e
    TTL e
  `,
  [
    "MSET a 1 b 2 c 3",
    "DEL a x",
    "UNLINK b x",
    "rename c d",
    "RENAMENX d e",
    "COPY e f",
    "COPY e f DB 1 REPLACE",
    "MOVE f 2",
  ],
);

sameEffects(
  "A transaction is one unit, a single write of it stands alone, and reads leave nothing",
  String.raw`
    MULTI
    GET a
    EXEC
    MULTI
    SET a 1
    GET a
    EXEC
    MULTI
    SET a 1
    EXPIRE a 1000
    INCR b
    GET a
    EXEC
    MULTI
    SET c 1
    DISCARD
    WATCH a
    SET a 2
    MULTI
    SET c 2
    EXEC
  `,
  ["SET a 1", "MULTI", "SET a 1", "PEXPIREAT a <time>", "INCR b", "EXEC", "SET a 2"],
);

sameEffects(
  "A transaction may change its database",
  String.raw`
    MULTI
    SET a 1
    SELECT 3
    SET a 2
    SELECT 0
    SET a 3
    EXEC
  `,
  ["MULTI", "SET a 1", "SELECT 3", "SET a 2", "SET a 3", "EXEC"],
);

sameEffects(
  "RANDOMKEY and SCAN delete the expired keys that they meet",
  String.raw`
    DEBUG SET-ACTIVE-EXPIRE 0
    PSETEX a 1 x
    ~wait 10
    RANDOMKEY
    PSETEX b 1 x
    ~wait 10
    KEYS *
    SCAN 0 MATCH nothing
    SCAN 0
  `,
  ["SET a x PXAT <time>", "DEL a", "SET b x PXAT <time>", "DEL b"],
);

sameEffects(
  "SORT leaves nothing unless it stores",
  String.raw`
    RPUSH l 2 1
    SORT l
    SORT l BY nosort GET #
    SORT l STORE d
    SORT missing STORE nothing
    SORT missing STORE d
  `,
  ["RPUSH l 2 1", "SORT l STORE d", "SORT missing STORE d"],
);
