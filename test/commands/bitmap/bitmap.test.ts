import { sameReplies } from "../../support/compare.js";

sameReplies(
  "GETBIT and SETBIT",
  String.raw`
=== arguments
GETBIT a
GETBIT a 0 1
GETBIT a x
GETBIT a -1
GETBIT a 1.5
GETBIT a 4294967295
GETBIT a 4294967296
GETBIT a 9223372036854775808
SETBIT a 0
SETBIT a 0 1 2
SETBIT a x 1
SETBIT a -1 1
SETBIT a 4294967296 1
SETBIT a 0 2
SETBIT a 0 -1
SETBIT a 0 x
SETBIT a x x
SETBIT a 0 9223372036854775808
EXISTS a
=== bits
SETBIT a 7 1
GET a
SETBIT a 7 1
SETBIT a 0 1
GET a
SETBIT a 7 0
GET a
GETBIT a 0
GETBIT a 1
GETBIT a 1000
SETBIT a 20 0
STRLEN a
SETBIT a 23 1
GET a
OBJECT ENCODING a
SETBIT b 0 0
STRLEN b
SET n 1 EX 100
SETBIT n 6 1
GET n
TTL n
OBJECT ENCODING n
SETBIT n 100 1
TTL n
GETBIT n 100
STRLEN n
`,
);

sameReplies(
  "BITCOUNT",
  String.raw`
=== arguments
BITCOUNT
SET a foobar
BITCOUNT a 0
BITCOUNT a 0 -1 x
BITCOUNT a 0 -1 BIT x
BITCOUNT a x 0
BITCOUNT a 0 x
BITCOUNT a x 0 x
BITCOUNT a 0 9223372036854775808
=== of no key
BITCOUNT a
BITCOUNT a 0 -1
BITCOUNT a 0 -1 BIT
~7.2 "arguments come first" "-ERR syntax error\r\n" BITCOUNT a 0
~7.2 "arguments come first" "-ERR value is not an integer or out of range\r\n" BITCOUNT a x 0
~7.2 "arguments come first" "-ERR syntax error\r\n" BITCOUNT a 0 1 x
~7.2 "arguments come first" "-ERR syntax error\r\n" BITCOUNT a 0 1 BIT x
=== ranges
SET a foobar
BITCOUNT a
BITCOUNT a 0 0
BITCOUNT a 1 1
BITCOUNT a 1 1 BYTE
BITCOUNT a 5 30 BIT
BITCOUNT a 5 5 bit
BITCOUNT a 0 -1 BIT
BITCOUNT a -1 -1 BIT
BITCOUNT a -7 -2 BIT
BITCOUNT a 1 6 BIT
BITCOUNT a 8 15 BIT
BITCOUNT a 9 7 BIT
BITCOUNT a 100 200
BITCOUNT a 100 200 BIT
BITCOUNT a 0 1000 BIT
BITCOUNT a -2 -1
BITCOUNT a -100 -50
BITCOUNT a -50 -100
BITCOUNT a -100 -50 BIT
BITCOUNT a -50 -100 BIT
BITCOUNT a -6 -6
BITCOUNT a 3 1
BITCOUNT a -1 -3
BITCOUNT a -9223372036854775808 9223372036854775807
BITCOUNT a 9223372036854775807 9223372036854775807
SET a ""
BITCOUNT a
BITCOUNT a 0 -1
BITCOUNT a 0 0 BIT
SET a "a string of more than a few words, with bits in all of them \xff\xff\xff\xff\xff\xff\xff\xff"
BITCOUNT a
BITCOUNT a 1 -2
BITCOUNT a 2 -3
BITCOUNT a 3 -4
BITCOUNT a 13 -30 BIT
`,
);

sameReplies(
  "BITPOS",
  String.raw`
=== arguments
BITPOS
BITPOS a
BITPOS a 2
BITPOS a -1
BITPOS a x
BITPOS a 2 x
SET a foobar
BITPOS a 2
BITPOS a x
BITPOS a 1 x
BITPOS a 1 0 x
BITPOS a 1 0 -1 x
BITPOS a 1 0 x x
BITPOS a 1 x x x
BITPOS a 1 0 -1 BIT x
=== of no key
BITPOS a 0
BITPOS a 1
BITPOS a 0 5
BITPOS a 1 5
BITPOS a 0 5 1
BITPOS a 0 0 -1 BIT
BITPOS a 1 0 -1 BIT
~7.2 "arguments come first" "-ERR value is not an integer or out of range\r\n" BITPOS a 0 x
~7.2 "arguments come first" "-ERR value is not an integer or out of range\r\n" BITPOS a 0 0 x
~7.2 "arguments come first" "-ERR syntax error\r\n" BITPOS a 0 0 -1 x
~7.2 "arguments come first" "-ERR syntax error\r\n" BITPOS a 0 0 -1 BIT x
=== of an empty string
SET a ""
BITPOS a 0
BITPOS a 1
BITPOS a 0 0
BITPOS a 0 0 -1
BITPOS a 0 0 -1 BIT
=== of ones
SET a "\xff\xff\xff"
BITPOS a 0
BITPOS a 0 0
BITPOS a 0 0 -1
BITPOS a 0 0 -1 BIT
BITPOS a 0 1
BITPOS a 0 3
BITPOS a 0 5
BITPOS a 0 -2
BITPOS a 0 5 10
BITPOS a 1
BITPOS a 1 1
BITPOS a 1 9 -1 BIT
BITPOS a 1 3
=== of zeros
SET a "\x00\x00\x00"
BITPOS a 1
BITPOS a 1 0
BITPOS a 1 0 -1
BITPOS a 1 0 -1 BIT
BITPOS a 0
BITPOS a 0 2
BITPOS a 0 9 -1 BIT
=== ranges
SET a "\x00\xff\xf0"
BITPOS a 1
BITPOS a 1 0
BITPOS a 1 2
BITPOS a 1 2 -1 BYTE
BITPOS a 1 7 15 BIT
BITPOS a 1 7 7 BIT
BITPOS a 1 8 8 BIT
BITPOS a 0 8 15 BIT
BITPOS a 0 8 20 BIT
BITPOS a 0 17 -1 BIT
BITPOS a 0 17 19 BIT
BITPOS a 0 1
BITPOS a 0 1 1
BITPOS a 0 1 2
BITPOS a 1 -1
BITPOS a 0 -1
BITPOS a 1 -100 -50
BITPOS a 1 -50 -100
BITPOS a 0 -50 -100
BITPOS a 0 -50 -100 BIT
BITPOS a 1 2 1
BITPOS a 1 100
BITPOS a 1 100 200
BITPOS a 1 0 1000
BITPOS a 0 0 1000
BITPOS a 1 -9223372036854775808 9223372036854775807
SETRANGE b 100 "\x01"
BITPOS b 1
BITPOS b 1 1
BITPOS b 1 3 99
BITPOS b 1 0 806 BIT
BITPOS b 1 0 807 BIT
`,
);

sameReplies(
  "BITOP",
  String.raw`
=== arguments
BITOP
BITOP AND
BITOP AND x
BITOP x y z
BITOP NOT x a b
BITOP nand x a
BITOP not x
EXISTS x
=== of one
BITOP AND x a
BITOP NOT x a
EXISTS x
SET a "\xaa\x00\xff\x55"
BITOP AND x a
GET x
BITOP OR x a
GET x
BITOP XOR x a
GET x
BITOP not x a
GET x
OBJECT ENCODING x
SET n 12
BITOP OR x n
OBJECT ENCODING x
GET x
=== of more
MSET a "\x01\x02\xff" b "\x01\x02\xff" c "\xf0\x0f" d "abcdefghijklmnopqrstuvwxyz" e ""
BITOP AND x a b
GET x
BITOP XOR x a b
GET x
BITOP AND x a c
GET x
BITOP or x a c
GET x
BITOP xor x a c d
GET x
BITOP and x d a
GET x
BITOP AND x d nokey
GET x
BITOP OR x nokey c d
GET x
BITOP XOR x d d d
GET x
BITOP AND x e d
GET x
=== the result replaces what was there
SET x old EX 100
SET a abc
BITOP OR x a
TTL x
SET x old
BITOP OR x nokey
EXISTS x
SET x old
SET e ""
BITOP NOT x e
EXISTS x
BITOP NOT a a
GET a
BITOP NOT a a
GET a
BITOP XOR a a a
GET a
`,
);
