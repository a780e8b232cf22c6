/** The encodings of lists as 7.2 chooses them: to 7.0, which the other tests compare with, every list is a quicklist. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { TidemarkHere } from "../../support/product.js";
import { splitWords } from "../../support/words.js";

type Cases = readonly (readonly [title: string, ...steps: (readonly [line: string, encoding: string])[]])[];

/** Scripts and the encoding that the list `l` has after each of their lines. */
function encodings(size: number, cases: Cases): void {
  test(`the encodings of lists with list-max-listpack-size ${size}`, async (context) => {
    await using server = await TidemarkHere.start({ "list-max-listpack-size": String(size) });
    using client = await server.client();
    for (const [title, ...steps] of cases)
      await context.test(title, async () => {
        await client.call("FLUSHALL");
        for (const [line, expected] of steps) {
          await client.reply(...splitWords(line));
          assert.equal((await client.call("OBJECT", "ENCODING", "l")) ?? "", expected, line.slice(0, 40));
        }
      });
  });
}

const text = (length: number): string => "t".repeat(length);

encodings(4, [
  [
    "a listpack grows, and comes back at half the limit",
    ["RPUSH l 1 2 3", "listpack"],
    ["LPUSH l 4", "listpack"],
    ["LPUSH l 5", "quicklist"],
    // Five is in a node of its own.
    ["RPOP l", "quicklist"],
    ["LPOP l", "quicklist"],
    ["LPOP l", "listpack"],
    ["RPOP l 2", ""],
  ],
  ["too many at once", ["RPUSH l 1 2 3 4 5", "quicklist"]],
  [
    "elements are announced, also those that find no pivot",
    ["RPUSH l 1 2 3 4", "listpack"],
    ["LINSERT l BEFORE 9 8", "quicklist"],
    ["LTRIM l 0 -1", "quicklist"],
    ["LTRIM l 0 1", "listpack"],
  ],
  ["LSET announces one more", ["RPUSH l 1 2 3 4", "listpack"], ["LSET l 0 9", "quicklist"]],
  ["LSET beyond the end", ["RPUSH l 1 2 3 4", "listpack"], ["LSET l 9 9", "quicklist"]],
  [
    "LREM",
    ["RPUSH l a a a b b", "quicklist"],
    ["LREM l 2 a", "quicklist"],
    ["LREM l 0 nothing", "quicklist"],
    ["LREM l 1 a", "quicklist"],
    ["LREM l -1 b", "listpack"],
  ],
  [
    "a list that goes round stays as it is",
    ["RPUSH l 1 2 3 4", "listpack"],
    ["LMOVE l l LEFT RIGHT", "listpack"],
    ["RPOPLPUSH l l", "listpack"],
  ],
  [
    "moving in and out",
    ["RPUSH k 1 2 3 4 5 6", ""],
    ["LMOVE k l LEFT RIGHT", "listpack"],
    ["RPUSH l 2 3 4", "listpack"],
    ["LMOVE k l LEFT RIGHT", "quicklist"],
    ["LMPOP 1 l LEFT COUNT 3", "quicklist"],
    ["LMPOP 2 nothing l RIGHT COUNT 1", "listpack"],
  ],
  [
    "only few bytes even of few",
    [`RPUSH l ${text(8185)}`, "listpack"],
    ["DEL l", ""],
    [`RPUSH l ${text(8186)}`, "quicklist"],
  ],
  [
    "a copy and a renamed list stay as they are",
    ["RPUSH k 1 2 3 4 5", ""],
    ["COPY k l", "quicklist"],
    ["DEL l", ""],
    ["RENAME k l", "quicklist"],
  ],
]);

encodings(-2, [
  [
    "up to 8 KiB with the header",
    [`RPUSH l ${text(8185)}`, "listpack"],
    ["DEL l", ""],
    [`RPUSH l ${text(8186)}`, "quicklist"],
    ["RPUSH l a", "quicklist"],
    // Each is in a node of its own.
    ["LPOP l", "listpack"],
  ],
  [
    "a large element and back",
    ["RPUSH l a b c", "listpack"],
    [`LSET l 1 ${text(9000)}`, "quicklist"],
    ["LSET l 1 b", "listpack"],
  ],
  [
    "at half of the bytes",
    [`RPUSH l ${text(4000)} ${text(4200)}`, "quicklist"],
    ["RPOP l", "listpack"],
    [`RPUSH l ${text(4200)}`, "quicklist"],
    ["LPOP l", "quicklist"],
  ],
]);

encodings(-1, [
  ["4 KiB", [`RPUSH l ${text(4089)}`, "listpack"], ["DEL l", ""], [`RPUSH l ${text(4090)}`, "quicklist"]],
]);
encodings(-9, [
  [
    "64 KiB at most",
    [`RPUSH l ${text(65529)}`, "listpack"],
    ["DEL l", ""],
    [`RPUSH l ${text(65530)}`, "quicklist"],
  ],
]);
encodings(0, [["one", ["RPUSH l a", "listpack"], ["RPUSH l b", "quicklist"], ["RPOP l", "quicklist"]]]);

test("the limit can change", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  await client.call("RPUSH", "l", "1", "2", "3");
  assert.equal(await client.call("CONFIG", "SET", "list-max-listpack-size", "3"), "OK");
  await client.call("RPUSH", "l", "4");
  assert.equal(await client.call("OBJECT", "ENCODING", "l"), "quicklist");
});
