import assert from "node:assert/strict";
import { test } from "node:test";
import { sameEffects } from "./effects.js";
import { Session } from "./session.js";

sameEffects(
  "the log and the keyspace events of SET and its kin",
  `
SET a 1
SET a 1 NX
SET b 1 NX
SET b 2 XX
SET c 1 XX
SET a 2 GET
SET a 2 GET XX
SET a 2 get NX
SET a 1 EX 100
SET a 1 PX 100000 XX
SET a 1 EXAT 4102444800 GET
SET a 1 PXAT 4102444800000
SET a 1 EX 1 EX 100
SET a 1 KEEPTTL
SET a 1 KEEPTTL GET
SET a 1 EX 0
SETEX a 100 1
SETEX a 0 1
PSETEX a 100000 1
SETNX a 1
SETNX d 1
GETSET a 5
GETSET e 6
GETDEL e
GETDEL e
MSET a 1 b 2 a 3
MSETNX a 1 x 2
MSETNX x 1 y 2
GET a
MGET a b
STRLEN a
GETRANGE a 0 -1
LCS a b
`,
);

sameEffects(
  "the log and the keyspace events of GETEX",
  `
SET a 1
GETEX a
GETEX a EX 100
GETEX a PX 100000
GETEX a EXAT 4102444800
GETEX a PXAT 4102444800000
GETEX a PERSIST
GETEX a PERSIST
GETEX a EX 0
GETEX missing EX 100
GETEX a EXAT 1
SET a 1
GETEX a PXAT 1
`,
);

sameEffects(
  "the log and the keyspace events of strings that change in place",
  `
APPEND a 1
APPEND a 2
APPEND a ""
APPEND b ""
SETRANGE a 1 x
SETRANGE a 1 x
SETRANGE a 5 ""
SETRANGE c 5 ""
SETRANGE c -1 x
SETRANGE c 5 x
INCR n
DECR n
INCRBY n 5
DECRBY n 5
INCRBY n 0
INCR a
INCRBYFLOAT n 1.5
INCRBYFLOAT n 1e2
INCRBYFLOAT m -.25
INCRBYFLOAT a 1
`,
);

test("an expiry in the past is logged as UNLINK under lazyfree-lazy-expire", () => {
  const session = new Session({ "lazyfree-lazy-expire": true });
  session.run("SET", "a", "1");
  session.run("GETEX", "a", "PXAT", "1");
  assert.deepEqual(session.logged()[1], ["UNLINK", "a"]);
});

const WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

test("a key that holds no string is refused, after the arguments that are looked at first", () => {
  const session = new Session();
  session.placeList("list");
  const run = (line: string): string => session.run(...line.split(" "));
  for (const line of [
    "GET list",
    "GETDEL list",
    "GETEX list",
    "GETEX list EX abc",
    "GETSET list x",
    "SET list x GET",
    "SET list x NX GET",
    "GETRANGE list 0 1",
    "SUBSTR list 0 1",
    "STRLEN list",
    "APPEND list x",
    "SETRANGE list 0 x",
    "SETRANGE list 600000000 x",
    "INCR list",
    "DECR list",
    "INCRBY list 9223372036854775807",
    "DECRBY list 1",
    "INCRBYFLOAT list x",
  ]) {
    assert.equal(run(line), WRONG_TYPE, line);
  }
  for (const line of ["SETRANGE list x y", "INCRBY list x", "GETRANGE list 0 x"]) {
    assert.equal(run(line), "-ERR value is not an integer or out of range\r\n", line);
  }
  assert.equal(run("SETRANGE list -1 y"), "-ERR offset is out of range\r\n");
  assert.equal(run("GETEX list x"), "-ERR syntax error\r\n");
  assert.equal(run("LCS list a x"), "-ERR The specified keys must contain string values\r\n");
  assert.equal(run("LCS a list"), "-ERR The specified keys must contain string values\r\n");
  assert.equal(run("MGET list"), "*1\r\n$-1\r\n");
  assert.equal(run("SETNX list x"), ":0\r\n");
  assert.equal(run("MSETNX a x list y"), ":0\r\n");
  assert.equal(run("SET list x NX"), "$-1\r\n");
  assert.deepEqual(session.logged(), []);
});
