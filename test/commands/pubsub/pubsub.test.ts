import { sameReplies } from "../../support/compare.js";

sameReplies(
  "Pub/Sub: subscribing",
  String.raw`
=== channels
SUBSCRIBE a
~replies 3 SUBSCRIBE b c a
SUBSCRIBE
SUBSCRIBE "bin\x00\xffary\r\n"
SUBSCRIBE ""
UNSUBSCRIBE a
UNSUBSCRIBE a
~replies 2 UNSUBSCRIBE nonsense b
~replies 3 UNSUBSCRIBE c "bin\x00\xffary\r\n" ""
UNSUBSCRIBE
UNSUBSCRIBE x
PING

=== everything at once
SUBSCRIBE one
UNSUBSCRIBE
UNSUBSCRIBE
PSUBSCRIBE one*
PUNSUBSCRIBE
PUNSUBSCRIBE
SSUBSCRIBE one
SUNSUBSCRIBE
SUNSUBSCRIBE
GET x

=== patterns and channels are counted together, shard channels by themselves
PSUBSCRIBE p*
SUBSCRIBE p1
~replies 2 PSUBSCRIBE p* [pq]*
~replies 2 SSUBSCRIBE s1 s2
SUNSUBSCRIBE s1
UNSUBSCRIBE p1
~replies 2 PUNSUBSCRIBE p* nothing
PUNSUBSCRIBE
SUNSUBSCRIBE
PING

=== arguments
SUBSCRIBE
PSUBSCRIBE
SSUBSCRIBE
PUBLISH a
PUBLISH a b c
SPUBLISH a
SPUBLISH a b c
PUBSUB
PUBSUB NONSENSE
PUBSUB CHANNELS a b
PUBSUB SHARDCHANNELS a b
PUBSUB NUMPAT a
PUBSUB NUMSUB
PUBSUB SHARDNUMSUB
PUBSUB CHANNELS
PUBSUB SHARDCHANNELS
PUBSUB HELP x
`,
);

sameReplies(
  "Pub/Sub: messages",
  String.raw`
=== to a channel
PUBLISH a nobody
@1 SUBSCRIBE a
@2 ~replies 2 SUBSCRIBE a b
PUBLISH a one
PUBLISH b two
PUBLISH c three
PUBLISH a ""
PUBLISH "A" "x"
@1 ~read
@2 ~read
@2 ~read
@1 ~read
@2 ~read
@1 UNSUBSCRIBE a
PUBLISH a four
@2 ~read
@1 PING

=== by patterns
@1 PSUBSCRIBE a*
@1 SUBSCRIBE ab
@2 ~replies 2 PSUBSCRIBE a? *b
PUBLISH ab "\x00\xff\r\n"
@1 ~read
@1 ~read
@2 ~ignore ~read
@2 ~ignore ~read
PUBLISH ac x
@1 ~read
@2 ~read
PUBLISH bb x
@2 ~read
PUBLISH c x

=== the channel without a name, which no pattern fits
@1 PSUBSCRIBE *
@2 SUBSCRIBE ""
PUBSUB CHANNELS *
PUBSUB CHANNELS
PUBLISH "" x
@2 ~read
@1 PING

=== to shard channels
@1 SSUBSCRIBE s
@1 SUBSCRIBE s
@1 PSUBSCRIBE *
SPUBLISH s one
@1 ~read
SPUBLISH t one
@1 SUNSUBSCRIBE s
SPUBLISH s two
PUBLISH s three
@1 ~read
@1 ~read
@1 PING

=== in a transaction
@1 SUBSCRIBE a
MULTI
PUBLISH a one
INCR n
PUBLISH a two
EXEC
@1 ~read
@1 ~read

=== a large one
@1 SUBSCRIBE a
@1 SUBSCRIBE b
SETRANGE big 99999 x
PUBLISH a 0123456789012345678901234567890123456789012345678901234567890123456789
@1 ~read

=== who is gone gets nothing
@1 SUBSCRIBE a
@2 SUBSCRIBE a
PUBLISH a x
@1 ~read
@2 ~read
CLIENT KILL TYPE pubsub
@1 ~closed
@2 ~closed
PUBLISH a x
PUBSUB CHANNELS
PUBSUB NUMSUB a

=== asking
@1 ~replies 3 SUBSCRIBE a b hello
@2 SUBSCRIBE a
@2 ~replies 2 PSUBSCRIBE x* y*
@3 PSUBSCRIBE x*
@3 ~replies 2 SSUBSCRIBE s1 s2
~unordered PUBSUB CHANNELS
PUBSUB CHANNELS h[a-e]l*
PUBSUB CHANNELS S*
PUBSUB NUMSUB a b x hello a
PUBSUB NUMPAT
~unordered PUBSUB SHARDCHANNELS
PUBSUB SHARDCHANNELS *2
PUBSUB SHARDNUMSUB s1 a
~match "pubsub_channels:3\r\n" INFO stats
~match "pubsub_patterns:2\r\n" INFO stats
~match "pubsubshard_channels:2\r\n" INFO stats
~match "flags=P db=0 sub=3 psub=0 ssub=0 " CLIENT LIST TYPE pubsub
~match "flags=P db=0 sub=1 psub=2 ssub=0 " CLIENT LIST TYPE pubsub
~match "flags=P db=0 sub=0 psub=1 ssub=2 " CLIENT LIST TYPE pubsub
~match "flags=N db=0 sub=0 psub=0 ssub=0 " CLIENT LIST TYPE normal
@1 ~replies 3 UNSUBSCRIBE a b hello
~match "flags=P .*flags=P [^\n]*\n" CLIENT LIST TYPE pubsub
`,
);

sameReplies(
  "Pub/Sub: what a subscriber may do",
  String.raw`
=== commands
SUBSCRIBE a
PING
PING text
PING "\x00\xff"
PING a b
GET x
SET x
CONFIG GET save
CLIENT REPLY
PUBLISH b x
NONSENSE
CLIENT NONSENSE
EXEC
PSUBSCRIBE b
PUNSUBSCRIBE
SSUBSCRIBE c
SUNSUBSCRIBE
UNSUBSCRIBE
PING
PING text
GET x

=== quitting
SUBSCRIBE a
QUIT
~closed
@1 PUBSUB NUMSUB a

=== resetting
~replies 2 SUBSCRIBE a b
PSUBSCRIBE c
SSUBSCRIBE d
RESET
GET x
PUBSUB CHANNELS
PUBSUB SHARDCHANNELS
PUBSUB NUMPAT
PUBSUB NUMSUB a
PING

=== subscribing in a transaction
MULTI
SUBSCRIBE a
SSUBSCRIBE b
GET x
PSUBSCRIBE c
UNSUBSCRIBE
PING
EXEC
PING
GET x
PUNSUBSCRIBE
GET x

=== a transaction cannot begin in RESP2
SUBSCRIBE a
MULTI
UNSUBSCRIBE
`,
);

sameReplies(
  "Pub/Sub: without replies",
  String.raw`
@1 ~silent CLIENT REPLY OFF
@1 ~replies 2 SUBSCRIBE a b
PUBLISH a x
@1 ~read
@1 UNSUBSCRIBE a
@1 PUNSUBSCRIBE
@1 ~silent SUBSCRIBE
@1 ~silent PING
PUBLISH b x
@1 ~read
@1 UNSUBSCRIBE
@1 CLIENT REPLY ON
@1 ~silent CLIENT REPLY SKIP
@1 SUBSCRIBE a
PUBLISH a x
@1 ~read
`,
);

sameReplies(
  "Pub/Sub: changing the protocol",
  String.raw`
@1 ~ignore HELLO 3
@1 SUBSCRIBE a
PUBLISH a x
@1 ~read
@1 GET x
@1 ~ignore HELLO 2
PUBLISH a x
@1 ~read
@1 HELLO 3
@1 GET x
@1 UNSUBSCRIBE
@1 ~ignore HELLO 3
@1 PSUBSCRIBE a
PUBLISH a x
@1 ~read
`,
);

sameReplies(
  "Pub/Sub: a RESP3 subscriber does other things meanwhile",
  String.raw`
=== waits
@1 SUBSCRIBE a
@1 ~block BLPOP x y 0
PUBLISH a one
@1 ~read
PUBLISH a two
@1 ~read
RPUSH y v
@1 ~read
PUBLISH a three
@1 ~read
@1 ~block BLMOVE x y LEFT LEFT 0
PUBLISH a four
@1 ~read
RPUSH x v
@1 ~read

=== queues a transaction
@1 SUBSCRIBE a
@1 MULTI
PUBLISH a one
@1 ~read
@1 SET k v
PUBLISH a two
@1 ~read
@1 EXEC

=== watches
@1 SUBSCRIBE a
@1 WATCH k
SET k v
@1 MULTI
@1 PUBSUB NUMSUB a
@1 EXEC

=== is paused
@1 SUBSCRIBE a
CLIENT PAUSE 100000 WRITE
@2 ~block PUBLISH a x
@1 PING
CLIENT UNPAUSE
@2 ~read
@1 ~read

=== is renamed, asked, and killed
@1 SUBSCRIBE a
@1 CLIENT SETNAME listener
@1 CLIENT NO-EVICT ON
~match "name=listener .*flags=Pe db=0 sub=1 .*cmd=client.no-evict" CLIENT LIST TYPE pubsub
@1 ~match "flags=Pe db=0 sub=1 psub=0 ssub=0 multi=-1" CLIENT INFO
@1 SELECT 5
CLIENT KILL TYPE normal SKIPME yes
PUBSUB NUMSUB a
CLIENT KILL TYPE pubsub SKIPME yes
@1 ~closed
PUBSUB NUMSUB a
`,
  { protocols: [3], digest: false },
);
