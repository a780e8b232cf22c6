/** ZPOPMIN, ZPOPMAX, ZMPOP, ZRANDMEMBER and ZSCAN. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { sameReplies } from "../../support/compare.js";
import { TidemarkHere } from "../../support/product.js";
import { sameEffects } from "../effects.js";

const script = `
=== arguments
ZPOPMIN
ZPOPMIN z x
ZPOPMIN z -1
ZPOPMIN z 1 2
ZPOPMIN z 9223372036854775808
ZPOPMAX z x
ZPOPMAX z -1
ZMPOP
ZMPOP 1
ZMPOP 1 z
ZMPOP x z MIN
ZMPOP 0 z MIN
ZMPOP -1 z MIN
ZMPOP 2 z MIN
ZMPOP 1 z BAD
ZMPOP 1 z MIN BAD
ZMPOP 1 z MIN COUNT
ZMPOP 1 z MIN COUNT x
ZMPOP 1 z MIN COUNT 0
ZMPOP 1 z MIN COUNT -1
ZMPOP 1 z MIN COUNT 1 COUNT 1
ZMPOP 1 z MIN MAX
ZRANDMEMBER
ZRANDMEMBER z x
ZRANDMEMBER z 1 BAD
ZRANDMEMBER z 1 WITHSCORES BAD
ZRANDMEMBER z -9223372036854775808
ZRANDMEMBER z 9223372036854775807 WITHSCORES
ZRANDMEMBER z -9223372036854775807 WITHSCORES
ZSCAN z
ZSCAN z x
ZSCAN z 0 BAD
ZADD z 1 a
ZSCAN z 0 BAD
ZSCAN z 0 COUNT
ZSCAN z 0 COUNT x
ZSCAN z 0 COUNT 0
ZSCAN z 0 MATCH
=== wrong type
SET s x
ZPOPMIN s
ZPOPMIN s 0
ZPOPMAX s 1
ZMPOP 1 s MIN
ZMPOP 2 missing s MIN
ZRANDMEMBER s
ZRANDMEMBER s 0
ZRANDMEMBER s 1
ZSCAN s 0
=== popping
ZADD z 1 a 2 b 2.5 c 4 d inf e -inf f
ZPOPMIN z
ZPOPMAX z
ZPOPMIN z 2
ZPOPMAX z 0
ZPOPMAX z 1
ZPOPMAX z 100
EXISTS z
ZPOPMIN z
ZPOPMIN z 5
ZPOPMIN z 0
ZADD z 1 b 1 a 1 c
ZPOPMIN z
ZPOPMAX z
=== popping from the first of several
ZMPOP 2 x y MIN
ZADD y 1 a 2 b 3 c 4 d 5 e
ZMPOP 2 x y MIN
ZMPOP 2 x y MAX COUNT 2
ZMPOP 1 y max count 1
ZADD x 9 q
ZMPOP 2 x y MIN COUNT 10
ZMPOP 2 x y MIN COUNT 10
EXISTS x y
=== random members of sets that leave no choice
ZRANDMEMBER z
ZRANDMEMBER z 5
ZRANDMEMBER z -5
ZRANDMEMBER z 5 WITHSCORES
ZADD z 1.5 a
ZRANDMEMBER z
ZRANDMEMBER z 0
ZRANDMEMBER z 5
ZRANDMEMBER z 5 withscores
ZRANDMEMBER z -3
ZRANDMEMBER z -3 WITHSCORES
ZADD z 2 b 3 c
~unordered ZRANDMEMBER z 3
~unordered ZRANDMEMBER z 10
~type ZRANDMEMBER z
~type ZRANDMEMBER z 2
=== scanning
ZSCAN missing 0
ZSCAN missing x
ZADD z 1 a 2 b 2.5 17 inf d
~pairs ZSCAN missing 0 COUNT 5
ZSCAN z 0 MATCH x*
ZSCAN z 0 MATCH [1-9]*
ZSCAN z 0 COUNT 100 MATCH a
`;

sameReplies("Taking members from packed sets", script);
sameReplies("Taking members from indexed sets", script, { directives: { "zset-max-listpack-entries": "0" } });

sameReplies(
  "ZSCAN gives a packed set as a whole",
  `
ZADD z 1 a 2 b 2.5 c inf d
ZSCAN z 0
ZSCAN z 0 COUNT 1
ZSCAN z 12345
`,
);

sameEffects(
  "What changes sorted sets is logged as it came, ZMPOP as what it popped",
  `
    ZADD z 1 a 2 b 3 c 4 d 5 e 6 f
    ZADD z 1 a
    ZADD z NX 9 a
    ZADD z INCR 1 a
    ZINCRBY z 1.5 a
    ZINCRBY z 0 a
    ZREM z x
    ZREM z f
    ZPOPMIN z
    ZPOPMAX z 1
    ZPOPMAX missing
    ZMPOP 2 missing z MIN
    ZMPOP 2 missing z MAX COUNT 10
    ZMPOP 1 missing MAX COUNT 10
    ZADD z 1 a 2 b
    ZREMRANGEBYRANK z 5 6
    ZREMRANGEBYSCORE z 2 2
    ZUNIONSTORE d 1 z
    ZUNIONSTORE d 1 missing
    ZUNIONSTORE d 1 missing
    ZRANGESTORE d z 0 -1
    ZREMRANGEBYLEX z - +
    EXPIRE d -1
  `,
  [
    "ZADD z 1 a 2 b 3 c 4 d 5 e 6 f",
    "ZADD z INCR 1 a",
    "ZINCRBY z 1.5 a",
    "ZREM z f",
    "ZPOPMIN z",
    "ZPOPMAX z 1",
    "ZPOPMIN z 1",
    "ZPOPMAX z 2",
    "ZADD z 1 a 2 b",
    "ZREMRANGEBYSCORE z 2 2",
    "ZUNIONSTORE d 1 z",
    "ZUNIONSTORE d 1 missing",
    "ZRANGESTORE d z 0 -1",
    "ZREMRANGEBYLEX z - +",
    "DEL d",
  ],
);

test("ZRANDMEMBER chooses every member, and different ones for a positive count", async () => {
  const server = await TidemarkHere.start({});
  try {
    const client = await server.client();
    for (const size of [20, 300]) {
      await client.call("DEL", "z");
      for (let i = 0; i < size; i++) await client.call("ZADD", "z", i, `m${i}`);
      const any = (await client.call("ZRANDMEMBER", "z", -size * 40)) as string[];
      assert.equal(any.length, size * 40);
      assert.equal(new Set(any.map(String)).size, size, "40 draws for each member find all of them");
      for (const count of [1, size >> 2, size - 3, size]) {
        const some = (await client.call("ZRANDMEMBER", "z", count)) as string[];
        assert.equal(new Set(some.map(String)).size, count);
      }
    }
    client.close();
  } finally {
    await server.close();
  }
});

test("ZSCAN returns every member that stays, while others come and go", async () => {
  const server = await TidemarkHere.start({});
  try {
    const client = await server.client();
    for (let i = 0; i < 2000; i++) await client.call("ZADD", "z", i / 4, `stays:${i}`);
    const seen = new Map<string, string>();
    let cursor = "0";
    let round = 0;
    do {
      const [next, found] = (await client.call("ZSCAN", "z", cursor, "COUNT", 50)) as [string, string[]];
      cursor = String(next);
      for (let at = 0; at < found.length; at += 2) seen.set(String(found[at]), String(found[at + 1]));
      round++;
      if (round % 2 === 0) await client.call("ZREMRANGEBYSCORE", "z", "(1000", "+inf");
      else for (let i = 0; i < 100; i++) await client.call("ZADD", "z", 2000 + i, `comes:${round}:${i}`);
    } while (cursor !== "0");
    for (let i = 0; i < 2000; i++) assert.equal(seen.get(`stays:${i}`), String(i / 4));
    client.close();
  } finally {
    await server.close();
  }
});
