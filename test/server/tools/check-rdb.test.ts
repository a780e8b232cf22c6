import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Crc64 } from "#tidemark/util/crc64.js";
import { removeDirectory, temporaryDirectory } from "../../support/directory.js";
import { runExecutable, TIDEMARK_EXECUTABLE } from "../../support/process.js";

const FIELDS = `REDIS0010\xfa\x09redis-ver\x067.0.15\xfe\x00\xfb\x02\x01`;
const ENTRIES = `\x00\x01a\x01b\xfc\x01\x00\x00\x00\x00\x00\x00\x00\x04\x01h\x01\x01f\x01v`;

function file(text: string, checksum = true): Buffer {
  const body = Buffer.from(text, "latin1");
  return Buffer.concat([body, checksum ? new Crc64().update(body).bytes() : Buffer.alloc(8)]);
}

async function check(bytes: Uint8Array): Promise<{ code: number | null; lines: string[] }> {
  const dir = temporaryDirectory();
  try {
    const path = join(dir, "dump.rdb");
    writeFileSync(path, bytes);
    const run = runExecutable(TIDEMARK_EXECUTABLE, ["check-rdb", path]);
    const { code } = await run.end();
    return { code, lines: run.log.replaceAll(path, "FILE").trimEnd().split("\n") };
  } finally {
    removeDirectory(dir);
  }
}

const COUNTS = ["[info] 2 keys read (string 1, hash 1)", "[info] 1 expires", "[info] 1 already expired"];
const BEGINNING = [
  "[offset 0] Checking RDB file FILE",
  "[offset 27] AUX FIELD redis-ver = '7.0.15'",
  "[offset 29] Selecting DB ID 0",
];

test("a good file", async () => {
  assert.deepEqual(await check(file(`${FIELDS}${ENTRIES}\xff`)), {
    code: 0,
    lines: [...BEGINNING, "[offset 63] Checksum OK", "[offset 63] \\o/ RDB looks OK! \\o/", ...COUNTS],
  });
});

test("a good file without a checksum, and something behind it", async () => {
  const bytes = Buffer.concat([file(`${FIELDS}${ENTRIES}\xff`, false), Buffer.from("*1")]);
  const { code, lines } = await check(bytes);
  assert.equal(code, 0);
  assert.ok(lines.some((line) => line.includes("checksum disabled")));
  assert.ok(lines.some((line) => line.includes("2 bytes of something else follow")));
});

test("a damaged file: where, and at which key", async () => {
  const wrong = await check(file(`${FIELDS}${ENTRIES}\x10\x03bad\x02\x01\x02\xff`));
  assert.deepEqual(wrong, {
    code: 1,
    lines: [
      ...BEGINNING,
      "--- RDB ERROR DETECTED ---",
      "[offset 62] a damaged listpack",
      '[additional info] Reading key "bad"',
      ...COUNTS,
    ],
  });
  const flipped = file(`${FIELDS}${ENTRIES}\xff`);
  flipped[36]! ^= 1;
  const { code, lines } = await check(flipped);
  assert.equal(code, 1);
  assert.ok(
    lines.some((line) => /^\[offset 55\] a wrong checksum: [0-9a-f]{16}, where/.test(line)),
    lines.join("\n"),
  );
  const short = await check(file(`${FIELDS}${ENTRIES}`).subarray(0, 50));
  assert.equal(short.code, 1);
  assert.ok(short.lines.includes("[offset 50] unexpected end of the data"), short.lines.join("\n"));
});

test("no file, no argument", async () => {
  for (const args of [["/nowhere/dump.rdb"], [], ["a", "b"], ["/"]]) {
    const run = runExecutable(TIDEMARK_EXECUTABLE, ["check-rdb", ...args]);
    assert.equal((await run.end()).code, 1);
    assert.notEqual(run.log, "");
  }
});

test("what cannot be read is named with the system's reason", async () => {
  const dir = temporaryDirectory();
  try {
    const file = join(dir, "file");
    writeFileSync(file, "");
    for (const [path, said] of [
      [dir, `Cannot open file ${dir}: it is a directory\n`],
      [join(dir, "none"), `Cannot open file ${join(dir, "none")}: No such file or directory\n`],
      [join(file, "below"), `${join(file, "below")}: Not a directory\n`],
      [join(dir, "a".repeat(300)), `${join(dir, "a".repeat(300))}: File name too long\n`],
    ] as const) {
      const run = runExecutable(TIDEMARK_EXECUTABLE, ["check-rdb", path]);
      assert.equal((await run.end()).code, 1);
      assert.equal(run.log, said);
    }
  } finally {
    removeDirectory(dir);
  }
});
