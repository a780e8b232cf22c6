import assert from "node:assert/strict";
import { test } from "node:test";
import { compareCase, type Sides } from "./compare.js";
import { oracleTest, startOracle } from "./oracle.js";
import { parseScript } from "./script.js";
import { quoted, splitWords } from "./words.js";

test("words are split as redis-cli splits them", () => {
  const split = (line: string): string[] => splitWords(line).map((word) => word.toString("latin1"));
  assert.deepEqual(split(String.raw`SET key "a b\x00\xff\n\"" 'it\'s' ""`), [
    "SET",
    "key",
    'a b\0\xff\n"',
    "it's",
    "",
  ]);
  assert.deepEqual(splitWords("é")[0], Buffer.from("é"));
  assert.throws(() => splitWords('SET "a'), /not closed/);
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  assert.deepEqual(splitWords(quoted(bytes)), [bytes]);
});

test("a script is cut into cases", () => {
  const cases = parseScript("all", "# nothing\nPING\n\n=== next\n@2 PTTL key\n@2 ~read\n");
  assert.deepEqual(
    cases.map(({ title, steps }) => [title, steps.length]),
    [
      ["all", 1],
      ["next", 2],
    ],
  );
  assert.throws(() => parseScript("", "~unheard PING"), /Line 1: unknown prefix/);
  assert.throws(() => parseScript("", "~read PING"), /makes no sense/);
});

const AGREEING = String.raw`
SET key "\x00\xff"
GET key
SADD set a b c
~unordered SMEMBERS set
HSET hash a 1 b 2
~pairs HGETALL hash
~ignore TIME
~type RANDOMKEY
~match "^\\+P" PING
PTTL key
@1 ~block BLPOP list 0
RPUSH list x
@1 ~read
@2 ~replies 2 SUBSCRIBE a b
@3 ~raw "PING\r\n"
@3 ~raw "*1\r\n!\r\n"
@3 ~closed
~wait 1
`;

/** The same redis-server on both sides, of which one counts on: replies to INCR differ. */
async function oneOracle(action: (sides: Sides) => Promise<void>): Promise<void> {
  await using oracle = await startOracle();
  await using other = await startOracle();
  await action({ oracle, tidemark: other });
}

oracleTest("servers that agree give no report", () =>
  oneOracle(async (sides) => {
    for (const one of parseScript("agreeing", AGREEING))
      for (const protocol of [2, 3] as const)
        assert.equal(await compareCase(sides, one, protocol, true), null);
  }),
);

oracleTest("servers that differ give a report with the line and both replies", () =>
  oneOracle(async (sides) => {
    const [first] = parseScript("differing", 'PING\nCONFIG GET port\n~7.2 "why" "+PONG\\r\\n" PING');
    assert.ok(first);
    const report = (await compareCase(sides, first, 2, false)) ?? "";
    assert.match(report, /line 2: CONFIG GET port\n {4}redis-server: "\*2.*\n {4}tidemark: {5}"\*2/);
    assert.match(report, /line 3: .*\n.*no difference \(why\)/);
  }),
);

oracleTest("data that differs is found by the digest", () =>
  oneOracle(async (sides) => {
    const [one] = parseScript("digest", "~ignore EVAL \"redis.call('SET', 'k', redis.call('TIME')[2])\" 0");
    assert.ok(one);
    assert.match((await compareCase(sides, one, 2, true)) ?? "", /the data differs at the end/);
  }),
);
