/** HRANDFIELD chooses fairly, and gives each field its own value. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { TidemarkHere } from "../../support/product.js";

const SIZE = 10;

test("random fields", async (context) => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  for (const [encoding, prefix] of [
    ["listpack", "f"],
    ["hashtable", "f".repeat(70)],
  ] as const) {
    await client.call("DEL", "h");
    for (let at = 0; at < SIZE; at++) await client.call("HSET", "h", `${prefix}${at}`, `v${at}`);
    assert.equal(await client.call("OBJECT", "ENCODING", "h"), encoding);
    for (const [args, each] of [
      [[], 300],
      [["1"], 300],
      [["3", "WITHVALUES"], 900],
      [["8"], 2400],
      [["-5", "WITHVALUES"], 1500],
    ] as const) {
      await context.test(`HRANDFIELD h ${args.join(" ")} of a ${encoding}`, async () => {
        const hits = new Map<string, number>();
        const replies = await client.pipeline(
          Array.from({ length: 3000 }, () => ["HRANDFIELD", "h", ...args]),
        );
        for (const { value } of replies) {
          const fields = fieldsOf([value].flat().map(String), args.length === 2, prefix);
          if (Number(args[0]) > 0) assert.equal(new Set(fields).size, fields.length);
          for (const field of fields) hits.set(field, (hits.get(field) ?? 0) + 1);
        }
        assert.equal(hits.size, SIZE);
        for (const [field, count] of hits)
          assert.ok(Math.abs(count - each) < each * 0.35, `${field}: ${count} times of ${each}`);
      });
    }
  }
});

/** The fields of a reply; their values, if it has them, must be theirs. */
function fieldsOf(words: readonly string[], withValues: boolean, prefix: string): string[] {
  if (!withValues) return [...words];
  const fields = words.filter((_, at) => at % 2 === 0);
  fields.forEach((field, at) => {
    assert.equal(words[at * 2 + 1], `v${field.slice(prefix.length)}`);
  });
  return fields;
}
