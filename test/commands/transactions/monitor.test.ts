/** What MONITOR shows of a transaction, and in which order. */

import assert from "node:assert/strict";
import { type Side, startPair } from "../../support/compare.js";
import { oracleTest } from "../../support/oracle.js";

const SCRIPT = [
  ["MULTI"],
  ["SET", "a", "1"],
  ["SELECT", "2"],
  ["GET", "a"],
  ["EXEC"],
  ["SELECT", "3"],
  ["EXEC", "x"],
];

/** The lines without their times and addresses. */
async function shown(side: Side): Promise<string[]> {
  const monitor = await side.client();
  const client = await side.client();
  assert.equal(await monitor.call("MONITOR"), "OK");
  await client.pipeline(SCRIPT);
  const lines: string[] = [];
  for (const _ of SCRIPT) {
    const line = String((await monitor.receive()).value);
    lines.push(line.replace(/^\d+\.\d{6} \[(\d+) [^\]]*\]/, "[$1]"));
  }
  monitor.close();
  client.close();
  return lines;
}

oracleTest(
  "MONITOR shows MULTI, then what EXEC runs, then EXEC, also one that is refused, each with the database that it left",
  async () => {
    const pair = await startPair();
    try {
      const expected = [
        '[0] "MULTI"',
        '[0] "SET" "a" "1"',
        '[2] "SELECT" "2"',
        '[2] "GET" "a"',
        '[2] "EXEC"',
        '[3] "SELECT" "3"',
        '[3] "EXEC" "x"',
      ];
      assert.deepEqual(await shown(pair.oracle), expected);
      assert.deepEqual(await shown(pair.tidemark), expected);
    } finally {
      await pair.close();
    }
  },
);
