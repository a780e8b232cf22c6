import { sameReplies } from "../../support/compare.js";

const options = { digest: false };

sameReplies(
  "CLIENT: the container",
  String.raw`
CLIENT
CLIENT nonsense
CLIENT "non\r\nsense" x
~match "^\\*[0-9]+\r\n\\+CLIENT <subcommand> \\[<arg> \\[value\\] \\[opt\\] \\.\\.\\.\\]\\. Subcommands are:\r\n.*\\+HELP\r\n.*help\\.\r\n$" CLIENT HELP
CLIENT HELP x
`,
  options,
);

sameReplies(
  "CLIENT: names and settings",
  String.raw`
=== setname and getname
CLIENT GETNAME
CLIENT GETNAME x
CLIENT SETNAME
CLIENT SETNAME a b
CLIENT SETNAME "a b"
CLIENT SETNAME "\n"
CLIENT SETNAME "\x7f"
CLIENT SETNAME "\xc3\xa9"
CLIENT SETNAME "!~"
CLIENT GETNAME
client setname ""
CLIENT GETNAME
=== setinfo
~7.2 "new in 7.2" "-ERR wrong number of arguments for 'client|setinfo' command\r\n" CLIENT SETINFO
~7.2 "new in 7.2" "-ERR Unrecognized option 'lib'\r\n" CLIENT SETINFO lib x
~7.2 "new in 7.2" "-ERR lib-Name cannot contain spaces, newlines or special characters.\r\n" CLIENT SETINFO lib-Name "a b"
~7.2 "new in 7.2" "-ERR LIB-VER cannot contain spaces, newlines or special characters.\r\n" CLIENT SETINFO LIB-VER "1\n"
~7.2 "new in 7.2" "+OK\r\n" CLIENT SETINFO lib-name tide(mark)
~7.2 "new in 7.2" "+OK\r\n" CLIENT SETINFO lib-ver 1.2
~7.2 "new in 7.2" "+OK\r\n" CLIENT SETINFO lib-ver ""
=== no-evict
CLIENT NO-EVICT
CLIENT NO-EVICT maybe
CLIENT NO-EVICT on off
CLIENT NO-EVICT ON
~match "flags=e " CLIENT INFO
CLIENT NO-EVICT off
~match "flags=N " CLIENT INFO
=== no-touch
~7.2 "new in 7.2" "-ERR wrong number of arguments for 'client|no-touch' command\r\n" CLIENT NO-TOUCH
~7.2 "new in 7.2" "-ERR syntax error\r\n" CLIENT NO-TOUCH maybe
~7.2 "new in 7.2" "+OK\r\n" CLIENT NO-TOUCH on
~7.2 "new in 7.2" "+OK\r\n" CLIENT NO-TOUCH off
=== unblock
CLIENT UNBLOCK
CLIENT UNBLOCK x
CLIENT UNBLOCK 99999999999999999999
CLIENT UNBLOCK x nonsense
CLIENT UNBLOCK 1 nonsense
CLIENT UNBLOCK 1 TIMEOUT x
client unBlock 1 timeout x
client pause 1 write x
CLIENT UNBLOCK 1
CLIENT UNBLOCK 1 timeout
CLIENT UNBLOCK 1 ERROR
CLIENT UNBLOCK -1
`,
  options,
);

sameReplies(
  "CLIENT REPLY",
  `
=== arguments
CLIENT REPLY
CLIENT REPLY nonsense
CLIENT REPLY ON x
CLIENT REPLY on
=== off
~silent CLIENT REPLY OFF
~silent PING
~silent nonsense
~silent GET
~silent CLIENT REPLY SKIP
~silent PING
~silent MULTI
~silent SET key value
~silent EXEC
CLIENT REPLY ON
GET key
=== skip
~silent CLIENT REPLY SKIP
~silent PING
PING 1
~silent CLIENT REPLY SKIP
~silent nonsense
PING 2
~silent CLIENT REPLY SKIP
~silent CLIENT REPLY SKIP
~silent PING
PING 3
~silent CLIENT REPLY SKIP
CLIENT REPLY ON
PING 4
=== skip in a transaction
MULTI
CLIENT REPLY SKIP
DISCARD
`,
  options,
);
