/** Reading in pieces, and reading what is damaged. More of the latter: `npm run fuzz rdb`. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RdbFeed } from "#tidemark/snapshot/rdb/feed.js";
import { SeededChance } from "../../support/chance.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { attack, readInPieces } from "./attack.js";
import { contents, load, newKeyspace, readerFor } from "./contents.js";
import { generatedData } from "./generated.js";
import { oldFile } from "./samples.js";

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

/** Attacks so many times; an error tells how to do it again. */
function attackOften(original: Buffer, times: number): void {
  const space = newKeyspace();
  let loaded = 0;
  for (let round = 0; round < times; round++) {
    const seed = SEED + round;
    try {
      if (attack(original, new SeededChance(seed), space) === "loaded") loaded++;
    } catch (error) {
      throw new Error(`SEED=${seed}: ${(error as Error).stack}`);
    }
  }
  assert.ok(loaded < times);
}

test("in pieces of any size, the same comes of a file", () => {
  const bytes = oldFile();
  const expected = contents(load(bytes).space);
  for (let seed = 0; seed < 200; seed++) {
    const space = newKeyspace();
    const size = seed % 2 === 0 ? bytes.length : Number.POSITIVE_INFINITY;
    const reader = readerFor(space, size);
    assert.ok(readInPieces(reader, bytes, new SeededChance(seed)));
    assert.deepEqual(contents(space), expected);
    assert.equal(reader.checksum, "verified");
    assert.equal(reader.offset, bytes.length);
  }
});

test("pushed in pieces of any size, with something behind it", () => {
  const bytes = oldFile();
  const behind = Buffer.from("*1\r\n$4\r\nPING\r\n");
  const expected = contents(load(bytes).space);
  for (let seed = 0; seed < 200; seed++) {
    const chance = new SeededChance(seed);
    const space = newKeyspace();
    const reader = readerFor(space, Number.POSITIVE_INFINITY);
    const feed = new RdbFeed(reader);
    const all = Buffer.concat([bytes, behind]);
    const most = chance.pick([1, 10, 300, 2000]);
    let at = 0;
    while (!reader.done) {
      // The caller's buffer, which it uses again.
      const chunk = Buffer.from(all.subarray(at, at + 1 + chance.below(most)));
      at += feed.push(chunk, 0, chunk.length);
      chunk.fill(0xdb);
    }
    assert.equal(at, bytes.length);
    assert.equal(reader.checksum, "verified");
    assert.deepEqual(contents(space), expected);
  }
});

test("what is pushed takes memory only as it comes", () => {
  const reader = readerFor(newKeyspace(), Number.POSITIVE_INFINITY);
  const feed = new RdbFeed(reader);
  const claim = Buffer.from("REDIS0010\xfe\x00\x00\x01k\x80\x70\x00\x00\x00", "latin1");
  feed.push(claim, 0, claim.length);
  const before = process.memoryUsage().arrayBuffers;
  for (let chunk = 0; chunk < 100; chunk++) feed.push(Buffer.alloc(1000, 1), 0, 1000);
  assert.ok(process.memoryUsage().arrayBuffers - before < 10_000_000);
  reader.close();
});

test("a damaged file of old encodings is read or refused, and nothing is lost", () =>
  attackOften(oldFile(), 600));

oracleTest("a damaged file of redis-server is read or refused, and nothing is lost", async () => {
  await using oracle = await startOracle({ args: ["--rdbcompression", "no"] });
  using theirs = await oracle.client();
  const short = generatedData(5, 1).filter(
    (line) => line.reduce((sum: number, word) => sum + String(word).length, 0) < 2500,
  );
  await theirs.pipeline(short);
  await theirs.call("SAVE");
  attackOften(readFileSync(join(oracle.dir, "dump.rdb")), 20);
});
