import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sameReplies } from "../../support/compare.js";
import { TidemarkHere } from "../../support/product.js";

sameReplies(
  "INCR, INCRBY, DECR and DECRBY",
  String.raw`
=== arguments
INCR
INCR a b
DECR
INCRBY a
INCRBY a x
INCRBY a 1.5
INCRBY a 9223372036854775808
INCRBY a " 1"
INCRBY a +1
INCRBY a ""
DECRBY a
DECRBY a x
DECRBY a -9223372036854775808
EXISTS a
=== counting
INCR a
INCR a
DECR a
DECR a
DECR a
GET a
INCRBY a 100
INCRBY a -100
DECRBY a 50
DECRBY a -50
INCRBY b 0
DECRBY c 0
DECRBY c 0
GET c
OBJECT ENCODING a
SET a 9
INCR a
SET a 10
DECR a
SET a -1
INCR a
GET a
=== what is no integer
SET a x
INCR a
SET a ""
INCR a
SET a " 1"
INCR a
SET a 1.0
INCR a
SET a 01
INCR a
SET a +1
INCR a
SET a -0
INCR a
SET a 9223372036854775808
INCR a
DECR a
INCRBY a x
GET a
=== the limits of 64 bits
SET a 9223372036854775806
INCR a
INCR a
INCRBY a 9223372036854775807
DECRBY a 9223372036854775807
DECRBY a 9223372036854775807
DECR a
DECR a
DECRBY a 9223372036854775807
GET a
INCRBY a 9223372036854775807
SET a -1
INCRBY a -9223372036854775808
SET a 0
INCRBY a -9223372036854775808
OBJECT ENCODING a
=== around 2^53
SET a 9007199254740990
INCR a
INCR a
INCR a
DECRBY a 1
DECRBY a 9007199254740993
INCRBY a 9007199254740993
INCRBY a -9007199254740993
SET a -9007199254740991
DECR a
DECR a
GET a
=== expiry
SET a 1 EX 100
INCR a
TTL a
INCRBY a 1000000000000
TTL a
SET a 9223372036854775806 EX 100
INCR a
TTL a
GET a
SET a 5 PX 1
~wait 20
INCR a
TTL a
`,
);

sameReplies(
  "INCRBYFLOAT",
  String.raw`
=== arguments
INCRBYFLOAT
INCRBYFLOAT a
INCRBYFLOAT a x
INCRBYFLOAT a ""
INCRBYFLOAT a " 1"
INCRBYFLOAT a "1 "
INCRBYFLOAT a nan
INCRBYFLOAT a inf
INCRBYFLOAT a -inf
INCRBYFLOAT a 1e5000
EXISTS a
=== sums
INCRBYFLOAT a 1
OBJECT ENCODING a
INCRBYFLOAT a 0.1
INCRBYFLOAT a 0.2
INCRBYFLOAT a -1.3
INCRBYFLOAT a 5.0e3
INCRBYFLOAT a 0x10
INCRBYFLOAT a +1
INCRBYFLOAT a .5
INCRBYFLOAT a 1e17
INCRBYFLOAT a 1e-17
GET a
SET a 3.0e3
INCRBYFLOAT a 200
SET a 10.50
INCRBYFLOAT a 0.1
SET a 17179869184
INCRBYFLOAT a 1.5
SET a 9007199254740993
INCRBYFLOAT a 0.5
SET a x
INCRBYFLOAT a 1
SET a " 1"
INCRBYFLOAT a 1
SET a 1
INCRBYFLOAT a 1e4000
INCRBYFLOAT a inf
GET a
=== expiry and what follows
SET a 1 EX 100
INCRBYFLOAT a 1.5
TTL a
INCR a
INCRBYFLOAT a 0.5
INCR a
OBJECT ENCODING a
`,
);

const INT64 = 2n ** 63n;
/** Integers near what may go wrong: zero, 2^53, 2^63. */
const integers = fc
  .tuple(fc.constantFrom(0n, 2n ** 53n, -(2n ** 53n), INT64 - 1n, -INT64), fc.bigInt(-20n, 20n))
  .map(([base, by]) => base + by)
  .filter((value) => value >= -INT64 && value < INT64);

test("INCRBY and DECRBY add exactly, or refuse what does not fit 64 bits", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  const property = fc.asyncProperty(integers, integers, fc.boolean(), async (value, by, down) => {
    const sum = down ? value - by : value + by;
    await client.call("SET", "n", String(value));
    client.send(down ? "DECRBY" : "INCRBY", "n", String(by));
    const { raw } = await client.receive();
    const fits = sum >= -INT64 && sum < INT64 && !(down && by === -INT64);
    assert.equal(raw.toString().startsWith(fits ? `:${sum}\r` : "-ERR "), true, `${raw}`);
    assert.equal(await client.call("GET", "n"), String(fits ? sum : value));
  });
  await fc.assert(property, { numRuns: 300 });
});
