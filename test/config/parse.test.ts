import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { byteString, quote, splitArguments, statements, textOf } from "#tidemark/config/parse.js";

test("arguments are split at white space, quoted ones where the quotes end", () => {
  const cases: [string, string[] | null][] = [
    ["", []],
    [" \t ", []],
    ["a  b\tc", ["a", "b", "c"]],
    ['a "b c" d', ["a", "b c", "d"]],
    ['""', [""]],
    ["''", [""]],
    ['a"b c"', ["ab c"]],
    ['"\\x41\\x4g\\n\\r\\t\\b\\a\\q\\\\\\""', ['Ax4g\n\r\t\b\x07q\\"']],
    ["'a\\'b\\n'", ["a'b\\n"]],
    ['"it\'s"', ["it's"]],
    ['"a"b', null],
    ['"a', null],
    ['"a\\"', null],
    ["'a", null],
    ["'a'b", null],
    ["a # b", ["a", "#", "b"]],
  ];
  for (const [line, words] of cases) assert.deepEqual(splitArguments(line), words, line);
});

test("what was quoted is split into the same argument", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 5 }), (all) => {
      const words = all.map((bytes) => Buffer.from(bytes).toString("latin1"));
      assert.deepEqual(splitArguments(words.map(quote).join(" ")), words);
    }),
  );
});

test("blank lines and comments say nothing, but count", () => {
  const content = "# one\n\n  port 1 \r\n\t# two\nbind a # b";
  assert.deepEqual(
    [...statements(content)],
    [
      { line: 3, text: "port 1" },
      { line: 5, text: "bind a # b" },
    ],
  );
});

test("text goes through bytes unharmed", () => {
  assert.equal(textOf(byteString("/tmp/é€😀")), "/tmp/é€😀");
  assert.equal(byteString("é"), "\xc3\xa9");
});
