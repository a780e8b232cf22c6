import assert from "node:assert/strict";
import { test } from "node:test";
import { sameEffects } from "../string/effects.js";
import { Session } from "../string/session.js";

sameEffects(
  "the log and the keyspace events of bitmaps",
  `
SETBIT a 0 0
SETBIT a 0 0
SETBIT a 0 1
SETBIT a 0 1
SETBIT a 100 0
SETBIT a 100 0
SETBIT a 5 2
GETBIT a 1
BITCOUNT a
BITPOS a 1
BITFIELD f SET u8 0 0
BITFIELD f SET u8 0 0
BITFIELD f SET u8 0 1 INCRBY u8 0 1
BITFIELD f INCRBY u8 0 0
BITFIELD f GET u8 100
BITFIELD f OVERFLOW FAIL INCRBY u8 0 1000
BITFIELD f OVERFLOW SAT SET u8 0 -1
BITFIELD f OVERFLOW SAT SET u8 0 -1
BITFIELD f SET u8 1000 0
BITFIELD_RO f GET u8 0
BITOP NOT x a
BITOP AND x a f
BITOP OR x missing
BITOP OR x missing
BITOP NOT a a
`,
);

test("a string that BITFIELD has made longer is logged, though nothing was set", () => {
  const session = new Session();
  session.run("BITFIELD", "a", "OVERFLOW", "FAIL", "INCRBY", "u8", "100", "1000");
  assert.equal(session.run("STRLEN", "a"), ":14\r\n");
  assert.equal(session.logged().length, 1);
});

const WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

test("a key that holds no string is refused, after the arguments that are looked at first", () => {
  const session = new Session();
  session.placeList("list");
  const run = (line: string): string => session.run(...line.split(" "));
  for (const line of [
    "GETBIT list 0",
    "SETBIT list 0 1",
    "BITCOUNT list",
    "BITCOUNT list 0 1",
    "BITPOS list 1",
    "BITFIELD list",
    "BITFIELD list GET u8 0",
    "BITFIELD list SET u8 0 1",
    "BITFIELD_RO list GET u8 0",
    "BITOP OR x list",
    "BITOP OR x a list",
  ]) {
    assert.equal(run(line), WRONG_TYPE, line);
  }
  assert.equal(run("SETBIT list 0 2"), "-ERR bit is not an integer or out of range\r\n");
  assert.equal(run("GETBIT list -1"), "-ERR bit offset is not an integer or out of range\r\n");
  assert.equal(run("BITCOUNT list 0"), "-ERR syntax error\r\n");
  assert.equal(run("BITPOS list 2"), "-ERR The bit argument must be 1 or 0.\r\n");
  assert.equal(run("BITFIELD list SET u8 0 x"), "-ERR value is not an integer or out of range\r\n");
  assert.deepEqual(session.logged(), []);
});
