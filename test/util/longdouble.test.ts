import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "#tidemark/util/ascii.js";
import {
  addLongDoubles,
  addOperands,
  formatLongDouble,
  parseLongDouble,
  parseOperand,
} from "#tidemark/util/longdouble.js";
import { SeededChance } from "../support/chance.js";
import { oracleTest, startOracle } from "../support/oracle.js";

/** What INCRBYFLOAT makes of the two; null when it refuses. */
function sumOf(a: string, b: string): string | null {
  const [left, right] = [a, b].map((text) => parseOperand(bytesOf(text), 0, text.length));
  return left == null || right == null ? null : addOperands(left, right);
}

test("sums that a double would get wrong", () => {
  assert.equal(sumOf("0.1", "0.2"), "0.3");
  assert.equal(sumOf("3.0e3", "200"), "3200");
  assert.equal(sumOf("9223372036854775807", "1"), "9223372036854775808");
  assert.equal(sumOf("-0", "0"), "0");
  assert.equal(sumOf("-1e-30", "0"), "0");
});

test("what is not a number is told from what is infinite", () => {
  const parse = (text: string) => parseLongDouble(bytesOf(text), 0, text.length);
  for (const text of ["", "nan", " 1", "1 ", "1e5000", "1e-5000", "0x", "1".repeat(5120)])
    assert.equal(parse(text), null);
  assert.equal(parse("-Inf"), "infinite");
  const most = parse("1.18e4932");
  assert.ok(most !== null && most !== "infinite");
  assert.equal(addLongDoubles(most, most), null);
  assert.equal(addLongDoubles(most, "infinite"), null);
  assert.equal(formatLongDouble(most).length, 4933);
  const least = parse("4e-4951");
  assert.ok(least !== null && least !== "infinite");
  assert.equal(least.mantissa, 1n);
});

/** Numbers of every size, many of them close to where a rounding turns. */
function operand(chance: SeededChance): string {
  const sign = chance.pick(["", "", "-", "+"]);
  const run = (most: number) =>
    Array.from({ length: 1 + chance.below(most) }, () => chance.below(10)).join("");
  switch (chance.below(11)) {
    case 0:
      return sign + run(6);
    case 1:
      return `${sign}${run(5)}.${run(4)}`;
    case 2:
      return `${sign}${run(22)}.${run(22)}`;
    case 3:
      return `${sign}${run(20)}e${chance.below(60) - 30}`;
    case 4:
      return `${sign}${run(3)}.${run(20)}e${chance.below(9900) - 4950}`;
    case 5:
      return `${sign}${(1n << BigInt(chance.below(130))) + BigInt(chance.below(5) - 2)}`;
    case 6:
      return `${sign}0x${run(18)}.${run(3)}p${chance.below(200) - 100}`;
    case 7:
      return `${sign}.${"0".repeat(chance.below(20))}${run(5)}`;
    case 8:
      return `${sign}${chance.below(40)}.${run(14)}`;
    case 9:
      return `${sign}${chance.below(10 ** 6)}.${chance.pick(["5", "25", "125", "75", "50"])}`;
    default:
      return chance.pick([
        "0",
        "-0",
        "inf",
        "-inf",
        "nan",
        "1e4932",
        "1.19e4932",
        "3e-4951",
        "1e-4951",
        "1.",
        ".",
        "5e-17",
        "0.000001",
        "-0.0000005",
        "31.9999999999999",
        "999999999999999",
        "99999999999999.9",
      ]);
  }
}

oracleTest("INCRBYFLOAT gives the same bytes for random operands", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  const chance = new SeededChance(7);
  const pairs = Array.from({ length: 10_000 }, () => [operand(chance), operand(chance)] as const);
  const replies = await client.pipeline(
    pairs.flatMap(([a, b]) => [
      ["SET", "k", a],
      ["INCRBYFLOAT", "k", b],
    ]),
  );
  for (const [i, [a, b]] of pairs.entries()) {
    const reply = replies[i * 2 + 1]!;
    const expected = reply.type === "-" ? null : reply.value;
    assert.equal(sumOf(a, b), expected, `${a} ${b}`);
  }
});
