import { sameReplies } from "../../support/compare.js";

/** No command here changes data, so the digests need not be compared. */
const options = { digest: false };

sameReplies(
  "AUTH without a password configured",
  `
AUTH
AUTH a b c
AUTH secret
AUTH default
AUTH default anything
AUTH default ""
AUTH nobody secret
AUTH DEFAULT x
`,
  options,
);

sameReplies(
  "HELLO",
  String.raw`
=== the version
HELLO x
HELLO 1
HELLO 4
HELLO -1
HELLO 1.5
HELLO 99999999999999999999
HELLO ""
~match "\r\nproto\r\n:2\r\n" HELLO 2
GET missing
~match "\r\nproto\r\n:3\r\n" HELLO 3
GET missing
~match "\r\nproto\r\n:3\r\n" HELLO
~match "^%7\r\n.6\r\nserver\r\n.5\r\nredis\r\n.7\r\nversion\r\n.*\r\n.2\r\nid\r\n:[0-9]+\r\n.4\r\nmode\r\n.10\r\nstandalone\r\n.4\r\nrole\r\n.6\r\nmaster\r\n.7\r\nmodules\r\n\\*0\r\n$" hello 3
=== options
HELLO 2 AUTH
HELLO 2 AUTH a
HELLO 2 AUTH a b
HELLO 2 AUTH default x y
HELLO 2 SETNAME
HELLO 2 SETNAME "a b"
HELLO 2 SETNAME "a\nb"
HELLO 2 SETNAME a SETNAME "b c"
HELLO 3 nonsense
HELLO 3 "non sense" x
HELLO 9 nonsense
~ignore HELLO 3 SETNAME me
CLIENT GETNAME
~ignore HELLO 2 SETNAME ""
CLIENT GETNAME
~ignore HELLO 3 auth default whatever setname other
CLIENT GETNAME
# A refused HELLO leaves the protocol as it was.
~ignore HELLO 2
HELLO 3 AUTH nobody x
GET missing
=== 7.2 checks the name before the password, and takes it only after the password
CLIENT SETNAME before
~7.2 "the name is checked first" "-ERR Client names cannot contain spaces, newlines or special characters.\r\n" HELLO 3 AUTH nobody x SETNAME "a b"
HELLO 3 SETNAME after AUTH nobody x
~7.2 "a refused HELLO changes nothing" "$6\r\nbefore\r\n" CLIENT GETNAME
=== in a transaction
MULTI
HELLO 3
HELLO 3 nonsense
~ignore EXEC
`,
  options,
);

sameReplies(
  "ECHO, PING and SELECT",
  String.raw`
=== echo
ECHO
ECHO a b
ECHO a
ECHO ""
ECHO "\x00\xff\r\n"
=== ping
PING
PING ""
PING "a\r\nb"
PING a b
PiNg
=== select
SELECT
SELECT x
SELECT ""
SELECT -1
SELECT 16
SELECT 015
SELECT 1.0
SELECT 2147483647
SELECT 2147483648
SELECT -2147483649
SELECT 99999999999999999999
SELECT 1 2
SET key zero
SELECT 15
GET key
SET key fifteen
SELECT 0
GET key
MULTI
SELECT 15
GET key
SELECT 99
EXEC
GET key
SELECT 0
GET key
`,
  options,
);

sameReplies(
  "QUIT and RESET",
  String.raw`
=== quit
QUIT
~closed
=== quit takes arguments, and forgets what was sent behind it
~raw "*3\r\n$4\r\nquit\r\n$1\r\na\r\n$1\r\nb\r\n*1\r\n$4\r\nPING\r\n"
~closed
=== quit inside a transaction
MULTI
PING
QUIT
~closed
=== reset
RESET x
CLIENT SETNAME me
SELECT 5
~match "flags=N db=5 .*" CLIENT INFO
RESET
CLIENT GETNAME
~match "flags=N db=0 .* resp=2" CLIENT INFO
GET missing
=== reset ends a transaction and its watches
WATCH key
MULTI
SET key 1
RESET
GET missing
EXEC
@1 SET key 2
MULTI
GET key
EXEC
=== reset turns replies on
~silent CLIENT REPLY OFF
~silent PING
RESET
PING
=== reset is a command that skip leaves out
~silent CLIENT REPLY SKIP
~silent RESET
PING
`,
  options,
);

sameReplies(
  "Errors repeat arguments byte for byte",
  String.raw`
"\xff\x00x" "a\x00b" "\xff"
foo "\xff\xfe" "\r\nx" é
foo éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé b
OBJECT "\xff\xfe" a
CONFIG "\xc3"
CONFIG SET "\xff" 1
CONFIG SET é 1
ACL CAT "\xff"
CLIENT KILL TYPE "\xff"
CLIENT LIST TYPE é
HELLO 3 "\xff"
EXPIRE a 1 "\xff"
SLOWLOG "\xff"
DEBUG ERROR "ERR \xff\x00é"
DEBUG "\xff"
`,
);
