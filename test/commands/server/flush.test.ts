import { sameReplies } from "../../support/compare.js";
import { sameEffects } from "../effects.js";

sameReplies(
  "DBSIZE, FLUSHDB, FLUSHALL and SWAPDB",
  `
=== FLUSHDB empties one database
MSET a 1 b 2
SELECT 3
MSET c 3 d 4
DBSIZE
FLUSHDB
DBSIZE
KEYS *
SELECT 0
DBSIZE
=== FLUSHALL empties all
SET a 1
SELECT 3
SET a 1 EX 100
FLUSHALL
DBSIZE
EXISTS a
SELECT 0
DBSIZE
=== their options
SET a 1
FLUSHDB SYNC
SET a 1
FLUSHDB ASYNC
DBSIZE
FLUSHALL async
FLUSHALL sync
FLUSHALL sync async
FLUSHALL x
FLUSHDB x
FLUSHDB ""
FLUSHDB async async
DBSIZE x
=== what they count as changes
SAVE
MSET a 1 b 2
FLUSHALL
~match rdb_changes_since_last_save:4\\r INFO persistence
FLUSHALL
~match rdb_changes_since_last_save:4\\r INFO persistence
SET a 1
FLUSHDB
FLUSHDB
~match rdb_changes_since_last_save:6\\r INFO persistence
=== WATCH sees a key go
SET a 1
WATCH a
@1 FLUSHDB
MULTI
PING
EXEC
WATCH a
@1 FLUSHALL
MULTI
PING
EXEC
=== WATCH does not mind a missing key, or another database
WATCH a
@1 FLUSHALL
MULTI
PING
EXEC
SET a 1
WATCH a
@1 SELECT 1
@1 FLUSHDB
MULTI
PING
EXEC
=== SWAPDB exchanges
SET a 0
SELECT 1
SET a 1 EX 100
SET b 1
SWAPDB 0 1
GET a
TTL a
EXISTS b
SELECT 0
GET a
TTL a
GET b
SWAPDB 0 0
GET a
=== SWAPDB in its errors
SWAPDB 0 x
SWAPDB x 0
SWAPDB a b
SWAPDB 0 99
SWAPDB 99 0
SWAPDB 16 0
SWAPDB 0 -1
SWAPDB 0 9999999999
SWAPDB 0 1.5
SWAPDB 0
SWAPDB 0 1 2
=== SWAPDB and WATCH
SET a 0
WATCH a
@1 SWAPDB 0 1
MULTI
PING
EXEC
@1 FLUSHALL
WATCH a
@1 SWAPDB 0 1
MULTI
PING
EXEC
@1 SELECT 1
@1 SET a 1
WATCH a
@1 SWAPDB 0 1
MULTI
PING
EXEC
WATCH a
@1 SWAPDB 5 6
@1 SWAPDB 0 0
MULTI
PING
EXEC
=== inside a transaction
SET a 1
MULTI
FLUSHALL
DBSIZE
SWAPDB 0 1
SET b 1
EXEC
KEYS *
=== a client goes on in the database of its number
SELECT 1
SET a 1
SWAPDB 0 1
SET b 1
KEYS *
SELECT 0
KEYS *
`,
);

sameEffects(
  "FLUSHDB, FLUSHALL and SWAPDB are logged even if nothing was there",
  `
  FLUSHALL
  FLUSHDB ASYNC
  SET a 1
  SWAPDB 0 1
  SWAPDB 0 0
  FLUSHALL sync
  FLUSHALL wrong
  `,
  ["FLUSHALL", "FLUSHDB ASYNC", "SET a 1", "SWAPDB 0 1", "SWAPDB 0 0", "FLUSHALL sync"],
);
