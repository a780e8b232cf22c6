/** The encodings of sets as 7.2 chooses them: 7.0, which the other tests compare with, has no listpacks of members. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { TidemarkHere } from "../../support/product.js";
import { splitWords } from "../../support/words.js";

const LIMITS = {
  "set-max-intset-entries": "5",
  "set-max-listpack-entries": "4",
  "set-max-listpack-value": "10",
};

/** Scripts and the encoding that the set `s` has after each of their lines. */
const CASES: readonly (readonly [title: string, ...steps: (readonly [string, string])[]])[] = [
  [
    "an intset grows into a table",
    ["SADD s 1 2 3 4", "intset"],
    ["SADD s 5", "intset"],
    ["SADD s 5", "intset"],
    ["SADD s 6", "hashtable"],
    ["SREM s 6 5 4 3", "hashtable"],
  ],
  ["too many integers at once", ["SADD s 1 2 3 4 5 6", "hashtable"]],
  ["too many integers at once, though repeated", ["SADD s 1 1 1 1 1 1", "hashtable"]],
  [
    "too many integers for an intset that is there",
    ["SADD s 1", "intset"],
    ["SADD s 1 1 1 1 1 1", "hashtable"],
  ],
  [
    "an intset takes a text",
    ["SADD s 1 2", "intset"],
    ["SADD s a", "listpack"],
    ["SADD s 3", "listpack"],
    ["SADD s 4", "hashtable"],
  ],
  [
    "an intset of too many for a listpack takes a text",
    ["SADD s 1 2 3 4", "intset"],
    ["SADD s a", "hashtable"],
  ],
  [
    "an intset of too long integers takes a text",
    ["SADD s 12345678901", "intset"],
    ["SADD s a", "hashtable"],
  ],
  [
    "an intset of an integer of ten bytes takes a text",
    ["SADD s -123456789", "intset"],
    ["SADD s a", "listpack"],
  ],
  ["an intset takes too long a text", ["SADD s 1", "intset"], ["SADD s abcdefghijk", "hashtable"]],
  [
    "a listpack grows into a table",
    ["SADD s a b c d", "listpack"],
    ["SADD s a", "listpack"],
    ["SADD s e", "hashtable"],
    ["SREM s e d c b", "hashtable"],
  ],
  ["too many texts at once", ["SADD s a b c d e", "hashtable"]],
  ["a long text", ["SADD s abcdefghij", "listpack"], ["SADD s abcdefghijk", "hashtable"]],
  ["a long text alone", ["SADD s abcdefghijk", "hashtable"]],
  ["a listpack of integers stays one", ["SADD s a 1", "listpack"], ["SREM s a", "listpack"]],
  ["moving an integer", ["SADD t 1 2", ""], ["SMOVE t s 1", "intset"]],
  ["moving a text", ["SADD t a b", ""], ["SMOVE t s a", "listpack"]],
  [
    "intersections",
    ["SADD i 1 2 3 4 5", ""],
    ["SADD l 1 2 a", ""],
    ["SADD h 1 2 a b c d", ""],
    ["SINTERSTORE s i", "intset"],
    ["SINTERSTORE s l h", "listpack"],
    ["SINTERSTORE s l i", "intset"],
    ["SINTERSTORE s h i", "intset"],
    ["SINTERSTORE s h", "hashtable"],
  ],
  [
    "unions and differences",
    ["SADD i 1 2 3 4 5", ""],
    ["SADD l 1 2 a", ""],
    ["SADD h 1 2 a b c d", ""],
    ["SUNIONSTORE s i i", "intset"],
    ["SUNIONSTORE s l", "listpack"],
    ["SUNIONSTORE s i l", "hashtable"],
    ["SDIFFSTORE s h i", "listpack"],
    ["SDIFFSTORE s h l", "listpack"],
    ["SDIFFSTORE s l h", ""],
  ],
];

test("the encodings of sets", async (context) => {
  await using server = await TidemarkHere.start(LIMITS);
  using client = await server.client();
  for (const [title, ...steps] of CASES)
    await context.test(title, async () => {
      await client.call("FLUSHALL");
      for (const [line, expected] of steps) {
        await client.call(...splitWords(line));
        assert.equal((await client.call("OBJECT", "ENCODING", "s")) ?? "", expected, line);
      }
    });
});
