import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, bytesOfLatin1, latin1 } from "#tidemark/util/ascii.js";
import { globMatch } from "#tidemark/util/glob.js";
import { SeededChance } from "../support/chance.js";
import { oracleTest, startOracle } from "../support/oracle.js";

const match = (pattern: string, text: string, ignoreCase = false) => {
  const bytes = bytesOfLatin1(`*${text}*`);
  return globMatch(bytesOfLatin1(pattern), bytes, 1, bytes.length - 1, ignoreCase);
};

test("each element, and what is irregular about it", () => {
  const yes: [string, string][] = [
    ["", ""],
    ["**", "any"],
    ["h?llo", "hello"],
    ["h*llo", "hllo"],
    ["*a*b*", "xxaxxbxx"],
    ["h[ae]llo", "hallo"],
    ["h[^e]llo", "hallo"],
    ["h[a-b]llo", "hbllo"],
    ["[z-a]", "m"],
    ["\\*", "*"],
    ["a\\", "a\\"],
    ["[\\]]", "]"],
    ["[abc", "b"],
    ["[^", "x"],
    ["[a-]", "]"],
    ["[a-]b", "_"],
    ["[A-B\x80]", "\x80"],
    ["[a-\xff]", "\xff"],
    ["[a-\xff]", "A"],
  ];
  for (const [pattern, text] of yes) assert.ok(match(pattern, text), `${pattern} should match ${text}`);
  const no: [string, string][] = [
    ["", "a"],
    ["a", ""],
    ["?", ""],
    ["*", ""],
    ["**", ""],
    ["a*", "ba"],
    ["*a", "ab"],
    ["[]", "]"],
    ["[", "["],
    ["[^a]", ""],
    ["[a-\xff]", "b"],
    ["A", "a"],
  ];
  for (const [pattern, text] of no) assert.ok(!match(pattern, text), `${pattern} should not match ${text}`);
});

test("case is folded on request, but not for a byte escaped in a class", () => {
  assert.ok(match("MAX*[M-O]emory", "maxNemory", true));
  assert.ok(match("\\A", "a", true));
  assert.ok(match("[A]", "a", true));
  assert.ok(!match("[\\A]", "a", true));
});

test("many stars do not make it exponential", () => {
  assert.ok(!match(`${"a*".repeat(200)}b`, "a".repeat(2000)));
  assert.ok(!match(`${"*?[a]".repeat(200)}b`, "a".repeat(2000)));
  assert.ok(match(`${"a*".repeat(200)}b`, `${"a".repeat(2000)}b`));
});

const UNITS = ["*", "*", "?", "[", "[", "]", "^", "-", "\\", "a", "b", "c", "A", "B", "\x00", "\x80", "\xff"];

oracleTest("KEYS selects the same keys for random patterns", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  const chance = new SeededChance(11);
  const letters = ["a", "b", "c", "A", "B", "]", "-", "\\", "*", "^", "\x00", "\x80", "\xff"];
  const random = (units: string[], most: number) =>
    Array.from({ length: 1 + chance.below(most) }, () => chance.pick(units)).join("");
  const keys = [...new Set([...letters, ...Array.from({ length: 150 }, () => random(letters, 5))])];
  await client.pipeline(keys.map((key) => ["SET", Buffer.from(key, "latin1"), 1]));
  const patterns = Array.from({ length: 3000 }, () => random(UNITS, 8));
  const replies = await client.pipeline(patterns.map((pattern) => ["KEYS", Buffer.from(pattern, "latin1")]));
  for (const [i, pattern] of patterns.entries()) {
    const expected = replies[i]!.items.map((item) =>
      latin1(item.raw.subarray(item.raw.indexOf("\n") + 1, -2)),
    );
    const found = keys.filter((key) => match(pattern, key));
    assert.deepEqual(found.sort(), expected.sort(), JSON.stringify(pattern));
  }
});

oracleTest("COMMAND LIST selects the same names, whatever their case, for random patterns", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  const names = (await client.call("COMMAND", "LIST")) as string[];
  const chance = new SeededChance(12);
  const units = [..."*?[]^-\\", ..."setgSETGahlmAHLM"];
  const patterns = Array.from({ length: 1500 }, () => {
    const length = 1 + chance.below(7);
    return Array.from({ length }, () => chance.pick(units)).join("") + (chance.happens(0.5) ? "*" : "");
  });
  const replies = await client.pipeline(
    patterns.map((text) => ["COMMAND", "LIST", "FILTERBY", "PATTERN", text]),
  );
  for (const [i, pattern] of patterns.entries()) {
    const expected = replies[i]!.value as string[];
    const found = names.filter((name) => globMatch(bytesOf(pattern), bytesOf(name), 0, name.length, true));
    assert.deepEqual(found.sort(), expected.sort(), JSON.stringify(pattern));
  }
});
