import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bytesOf } from "#tidemark/util/ascii.js";
import { formatDouble, formatG17, parseDouble } from "#tidemark/util/float.js";
import { SeededChance } from "../support/chance.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import type { WireClient } from "../support/wire.js";

const parse = (text: string) => {
  const bytes = bytesOf(`1${text}1`);
  return parseDouble(bytes, 1, bytes.length - 1);
};

test("the forms of 7.2's replies", () => {
  const forms: [number, string][] = [
    [0, "0"],
    [-0, "-0"],
    [3, "3"],
    [-17, "-17"],
    [0.1, "0.1"],
    [-1.5, "-1.5"],
    [Math.PI, "3.141592653589793"],
    [2 ** 53, "9007199254740992"],
    [2 ** 62, "4611686018427387904"],
    [-(2 ** 60), "-1152921504606846976"],
    [2 ** 63, "9223372036854776000"],
    [1e20, "1e+20"],
    [12345678901234567000, "12345678901234567000"],
    [1e100, "1e+100"],
    [1.25e-7, "1.25e-7"],
    [0.000001, "0.000001"],
    [0.0012345678, "0.0012345678"],
    [0.00012345678, "1.2345678e-4"],
    [12345.6789012, "1.23456789012e+4"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [Number.NaN, "nan"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ];
  for (const [value, text] of forms) assert.equal(formatDouble(value), text);
});

test("every double is read back from both of its forms", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      assert.ok(Object.is(parse(formatDouble(value)), value), formatDouble(value));
      assert.ok(Object.is(parse(formatG17(value)), value), formatG17(value));
    }),
    { numRuns: 3000 },
  );
});

test("a tie between two 17-digit decimals goes to the even one", () => {
  assert.equal(formatG17(2 ** -25), "2.9802322387695312e-08");
  assert.equal(formatG17(3 * 2 ** -25), "8.9406967163085938e-08");
});

test("hexadecimal numbers are rounded once, to even", () => {
  assert.equal(parse("0x1.8p1"), 3);
  assert.equal(parse("-0X.8"), -0.5);
  assert.equal(parse("0x1p-1074"), 5e-324);
  assert.equal(parse("0x20000000000001"), 2 ** 53);
  assert.equal(parse("0x20000000000003"), 2 ** 53 + 4);
  assert.equal(parse("0x20000000000001.00001"), 2 ** 53 + 2);
  for (const text of ["0x", "0x.", "0x1p", "0x1p2000", "0x1p-1076", "0x1g"])
    assert.ok(Number.isNaN(parse(text)));
});

test("an empty text is no number, whatever lies behind it", () => {
  for (const behind of ["-", "1", ".", "i", "-1"])
    assert.ok(Number.isNaN(parseDouble(bytesOf(behind), 0, 0)));
});

test("a long text that is no number is refused in linear time", () => {
  assert.ok(Number.isNaN(parse(`${"1".repeat(60_000)}x`)));
  assert.ok(Number.isNaN(parse(`0x${"1".repeat(60_000)}x`)));
  assert.ok(Number.isNaN(parse("1".repeat(1 << 17))));
});

/** What ZADD makes of each text: the score as 7.0 prints it, or null when it is refused. */
async function scores(client: WireClient, texts: readonly string[]): Promise<(string | null)[]> {
  const commands = texts.flatMap((text) => [
    ["DEL", "z"],
    ["ZADD", "z", text, "m"],
    ["ZSCORE", "z", "m"],
  ]);
  const replies = await client.pipeline(commands);
  return texts.map((_, i) => replies[i * 3 + 2]!.value as string | null);
}

oracleTest("ZADD accepts the same texts, and reads the same doubles", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  const chance = new SeededChance(5);
  const pieces = [
    ..."0123456789",
    "0",
    "1",
    ".",
    "e",
    "E",
    "+",
    "-",
    "e-",
    "e+3",
    "x",
    "0x",
    "p",
    "a",
    "inf",
    "nan",
  ];
  const texts = [
    "",
    " 1",
    "1 ",
    "\t1",
    "1\n",
    "1\0",
    "+1",
    "++1",
    ".",
    ".5",
    "5.",
    "-.5e3",
    "1e",
    "1e+",
    "-0",
    "+0",
    "00012",
  ];
  texts.push(
    "inf",
    "+INF",
    "-Infinity",
    "infinit",
    "nan",
    "-nan",
    "nan(1)",
    "1e309",
    "-1e309",
    "1e-400",
    "0e-999999",
  );
  texts.push(
    "1.7976931348623159e308",
    "4.9e-324",
    "2.4e-324",
    "2.5e-324",
    "0x1p3",
    "0x1.fffffffffffff8p0",
    "0x.p1",
    "1_0",
    "1d",
  );
  texts.push(
    "123456789012345678901234567890",
    "0.1e1e1",
    "0x1p99999999999999999999",
    "1e99999999999999999999",
  );
  for (let i = 0; i < 3000; i++)
    texts.push(Array.from({ length: 1 + chance.below(7) }, () => chance.pick(pieces)).join(""));
  const results = await scores(client, texts);
  for (const [i, text] of texts.entries()) {
    const value = parse(text);
    // A small sorted set keeps whole scores as integers, which have no minus zero.
    const mine = Number.isNaN(value) ? null : formatG17(value === 0 ? 0 : value);
    assert.equal(mine, results[i], JSON.stringify(text));
  }
});

oracleTest("7.0's replies are the 17-digit form of the same doubles", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  const chance = new SeededChance(6);
  const view = new DataView(new ArrayBuffer(8));
  const values = Array.from({ length: 3000 }, (_, i) => {
    if (i % 3 === 0) return (chance.real() - 0.5) * 10 ** (chance.below(40) - 20);
    if (i % 3 === 1) return (1 + chance.below(1000)) * 2 ** (chance.below(140) - 70);
    for (let at = 0; at < 8; at++) view.setUint8(at, chance.below(256));
    return Number.isFinite(view.getFloat64(0)) ? view.getFloat64(0) : 1;
  });
  const results = await scores(client, values.map(formatDouble));
  for (const [i, value] of values.entries()) assert.equal(formatG17(value), results[i], String(value));
});
