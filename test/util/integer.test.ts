import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  digits,
  INT64_MAX,
  INT64_MIN,
  parseInteger,
  parseInteger64,
  writeInteger,
  writeInteger64,
} from "#tidemark/util/integer.js";

const parse = (text: string) => {
  const bytes = Buffer.from(`9${text}9`, "latin1");
  return parseInteger(bytes, 1, bytes.length - 1);
};
const parse64 = (text: string) => {
  const bytes = Buffer.from(`9${text}9`, "latin1");
  return parseInteger64(bytes, 1, bytes.length - 1);
};

const malformed = [
  "",
  "-",
  "--1",
  "+1",
  " 1",
  "1 ",
  "01",
  "-0",
  "-01",
  "00",
  "1.0",
  "1e3",
  "0x1",
  "1\0",
  "a",
  "/",
  ":",
];

test("only the canonical spelling is an integer", () => {
  for (const text of malformed) {
    assert.ok(Number.isNaN(parse(text)), JSON.stringify(text));
    assert.equal(parse64(text), null, JSON.stringify(text));
  }
  assert.equal(parse("0"), 0);
  assert.ok(!Object.is(parse("0"), -0));
  assert.equal(parse("-7"), -7);
});

test("the limits of both ranges", () => {
  assert.equal(parse("9007199254740991"), Number.MAX_SAFE_INTEGER);
  assert.equal(parse("-9007199254740991"), Number.MIN_SAFE_INTEGER);
  for (const text of ["9007199254740992", "9007199254740993", "-9007199254740992", "99999999999999999999999"])
    assert.ok(Number.isNaN(parse(text)), text);
  assert.equal(parse64("9223372036854775807"), INT64_MAX);
  assert.equal(parse64("-9223372036854775808"), INT64_MIN);
  for (const text of [
    "9223372036854775808",
    "-9223372036854775809",
    "09223372036854775807",
    "10000000000000000000",
  ])
    assert.equal(parse64(text), null, text);
  assert.equal(parse64("900719925474099x"), null);
});

test("what is written is what String gives, and is read back", () => {
  const target = new Uint8Array(40);
  fc.assert(
    fc.property(
      fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -200, max: 20_000 })),
      (value) => {
        target.fill(0xff);
        const end = writeInteger(target, 3, value);
        assert.equal(Buffer.from(target.subarray(3, end)).toString(), String(value));
        assert.equal(end - 3, digits(value));
        assert.equal(target[2], 0xff);
        assert.equal(target[end], 0xff);
        assert.equal(parseInteger(target, 3, end), value);
      },
    ),
    { numRuns: 2000 },
  );
  for (let power = 1; power < 1e16; power *= 10)
    for (const value of [power - 1, power, power + 1, -power])
      assert.equal(Buffer.from(target.subarray(0, writeInteger(target, 0, value))).toString(), String(value));
  assert.equal(writeInteger(target, 0, -0), 1);
  assert.equal(target[0], 0x30);
});

test("64-bit integers are read back", () => {
  const target = new Uint8Array(24);
  fc.assert(
    fc.property(fc.bigInt({ min: INT64_MIN, max: INT64_MAX }), (value) => {
      const end = writeInteger64(target, 2, value);
      assert.equal(parseInteger64(target, 2, end), value);
    }),
  );
});

test("whatever bytes are given, reading agrees with the rule as a regular expression", () => {
  const text = fc.string({ unit: fc.constantFrom(..."-0123456789 .x"), maxLength: 21 });
  fc.assert(
    fc.property(text, (candidate) => {
      const canonical = /^(0|-?[1-9][0-9]*)$/.test(candidate);
      const expected = canonical ? BigInt(candidate) : null;
      const in64 = expected !== null && expected >= INT64_MIN && expected <= INT64_MAX;
      assert.equal(parse64(candidate), in64 ? expected : null);
      const safe = expected !== null && Number.isSafeInteger(Number(candidate));
      assert.ok(Object.is(parse(candidate), safe ? Number(candidate) : Number.NaN));
    }),
    { numRuns: 3000 },
  );
});
