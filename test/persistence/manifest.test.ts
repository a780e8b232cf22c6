import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Manifest, ManifestError } from "#tidemark/persistence/manifest.js";

function parse(text: string): Manifest {
  return Manifest.parse(Buffer.from(text, "latin1"));
}

test("what a stock server writes", () => {
  const text =
    "file appendonly.aof.2.base.rdb seq 2 type b\n" +
    "file appendonly.aof.1.incr.aof seq 1 type h\n" +
    "file appendonly.aof.2.incr.aof seq 2 type i\n" +
    "file appendonly.aof.3.incr.aof seq 3 type i\n";
  const manifest = parse(text);
  assert.deepEqual(manifest.base, { name: "appendonly.aof.2.base.rdb", seq: 2, type: "b" });
  assert.deepEqual(
    manifest.files.map(({ seq, type }) => `${type}${seq}`),
    ["b2", "i2", "i3"],
  );
  assert.equal(manifest.history[0]?.name, "appendonly.aof.1.incr.aof");
  assert.equal(manifest.lastIncr?.seq, 3);
  assert.equal(manifest.format(), text);
});

test("pairs in any order, keys in any case, unknown keys, blanks and comments", () => {
  const manifest = parse("# a comment\n  SEQ 7 color red type b FILE x \n#\n");
  assert.deepEqual(manifest.files, [{ name: "x", seq: 7, type: "b" }]);
  assert.ok(parse("# nothing\n").isEmpty);
});

const REFUSED: [text: string, message: string, line: number][] = [
  ["", "Found an empty AOF manifest", 0],
  ["file x seq 1 type b", "The AOF manifest file contains too long line", 0],
  [`file ${"x".repeat(1100)} seq 1 type b\n`, "The AOF manifest file contains too long line", 0],
  ["\n", "Invalid AOF manifest file format", 1],
  ["file x seq 1 type b\n\n", "Invalid AOF manifest file format", 2],
  ["file a\n", "Invalid AOF manifest file format", 1],
  ["file a seq 1 type i more\n", "Invalid AOF manifest file format", 1],
  ["file a seq zero type i\n", "Invalid AOF manifest file format", 1],
  ["file a seq 0 type i\n", "Invalid AOF manifest file format", 1],
  ['file "a seq 1 type i\n', "Invalid AOF manifest file format", 1],
  ["file a seq 1 type z\n", "Unknown AOF file type", 1],
  ["file a/b seq 1 type b\n", "File can't be a path, just a filename", 1],
  ["file a seq 1 type b\nfile b seq 2 type b\n", "Found duplicate base file information", 2],
  ["file a seq 2 type i\nfile b seq 2 type i\n", "Found a non-monotonic sequence number", 2],
];

for (const [text, message, line] of REFUSED) {
  test(`refused: ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.throws(
      () => parse(text),
      (error) => error instanceof ManifestError && error.message === message && error.line === line,
    );
  });
}

test("a file that counts is not history as well", () => {
  const manifest = parse(
    "file a seq 1 type b\nfile b seq 1 type h\nfile c seq 2 type h\nfile b seq 2 type i\n",
  );
  assert.deepEqual(manifest.history, [{ name: "c", seq: 2, type: "h" }]);
});

test("property: any names come back", () => {
  const name = fc
    .string({ minLength: 1, maxLength: 40, unit: "grapheme" })
    .filter((text) => !/[/\\\n]/.test(text));
  fc.assert(
    fc.property(name, fc.array(name, { maxLength: 4 }), (base, incrs) => {
      const manifest = new Manifest(
        { name: base, seq: 3, type: "b" },
        incrs.map((file, index) => ({ name: file, seq: index + 1, type: "i" as const })),
      );
      assert.deepEqual(parse(manifest.format()), manifest);
    }),
  );
});
