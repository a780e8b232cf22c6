import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LcsTable } from "#tidemark/commands/string/lcs-table.js";
import { sameReplies } from "../../support/compare.js";

sameReplies(
  "LCS",
  String.raw`
=== arguments
LCS
LCS a
LCS a b x
LCS a b LEN IDX
LCS a b MINMATCHLEN
LCS a b IDX MINMATCHLEN x
LCS a b LEN MINMATCHLEN 1.5
LCS a b IDX LEN x
=== of nothing
LCS a b
LCS a b LEN
LCS a b IDX
SET a x
LCS a b
LCS b a IDX WITHMATCHLEN
SET b ""
LCS a b LEN
=== of text
MSET a ohmytext b mynewtext
LCS a b
LCS a b LEN
LCS a b len len
LCS a b IDX
LCS a b IDX MINMATCHLEN 4
LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN
LCS a b idx withmatchlen
LCS a b IDX MINMATCHLEN 0
LCS a b IDX MINMATCHLEN -5
LCS a b IDX MINMATCHLEN 100
LCS a b MINMATCHLEN 4
LCS a b LEN MINMATCHLEN 4 WITHMATCHLEN
LCS a b WITHMATCHLEN
LCS a a IDX
LCS b a
LCS b a IDX
=== where there are several
MSET a ABCBDAB b BDCABA c "aXbXc" d "abc" e "aaaa" f "aa"
LCS a b
LCS a b IDX WITHMATCHLEN
LCS b a IDX WITHMATCHLEN
LCS c d IDX WITHMATCHLEN
LCS e f IDX WITHMATCHLEN
LCS f e IDX WITHMATCHLEN
MSET n 12345 m 2346
LCS n m
`,
);

/** Whether the bytes are in the other ones, in order. */
function isSubsequence(part: readonly number[], whole: Uint8Array): boolean {
  let found = 0;
  for (const byte of whole) if (byte === part[found]) found++;
  return found === part.length;
}

test("a table's matches spell a common subsequence of the length it tells", () => {
  const few = fc.uint8Array({ max: 3, maxLength: 40 });
  const property = fc.property(few, few, (a, b) => {
    const table = new LcsTable(a, b);
    const matches = table.matches().reverse();
    const spelled = matches.flatMap((match) => [...a.subarray(match.a, match.a + match.length)]);
    const other = matches.flatMap((match) => [...b.subarray(match.b, match.b + match.length)]);
    assert.deepEqual(spelled, other);
    assert.equal(spelled.length, table.length);
    assert.ok(isSubsequence(spelled, a) && isSubsequence(spelled, b));
    assert.equal(new LcsTable(b, a).length, table.length);
  });
  fc.assert(property);
});

/** The same by a table of plain numbers, as Redis makes it: the positions of the bytes that are kept, the last first. */
function keptByPlainTable(a: Uint8Array, b: Uint8Array): [number, number][] {
  const rows = [new Array<number>(b.length + 1).fill(0)];
  for (const [i, byte] of a.entries()) {
    const row = [0];
    for (let j = 0; j < b.length; j++)
      row.push(byte === b[j] ? rows[i]![j]! + 1 : Math.max(rows[i]![j + 1]!, row[j]!));
    rows.push(row);
  }
  const kept: [number, number][] = [];
  for (let i = a.length, j = b.length; i > 0 && j > 0; ) {
    if (a[i - 1] === b[j - 1]) kept.push([--i, --j]);
    else if (rows[i - 1]![j]! > rows[i]![j - 1]!) i--;
    else j--;
  }
  return kept;
}

test("a table's matches are those of a table of plain numbers", () => {
  const few = fc.uint8Array({ max: 2, maxLength: 130 });
  const property = fc.property(few, few, (a, b) => {
    const kept = new LcsTable(a, b)
      .matches()
      .flatMap((match) =>
        Array.from({ length: match.length }, (_, at) => [match.a + at, match.b + at]).reverse(),
      );
    assert.deepEqual(kept, keptByPlainTable(a, b));
  });
  fc.assert(property);
});
