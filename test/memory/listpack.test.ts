import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as listpack from "#tidemark/memory/listpack.js";
import { bytesOf, bytesOfLatin1, latin1 } from "#tidemark/util/ascii.js";
import { SeededChance } from "../support/chance.js";
import { oracleTest, startOracle } from "../support/oracle.js";

const BASE = 11;
const GUARD = 0xa5;

/** A listpack with guarded bytes around it, changed the way an owner does, beside the plain array it stands for. */
class Twin {
  readonly model: string[] = [];
  readonly bytes: Uint8Array;
  private readonly entry = new listpack.ListpackEntry();

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(new SharedArrayBuffer(capacity)).fill(GUARD);
    listpack.create(this.bytes, BASE);
  }

  get total(): number {
    return listpack.totalBytes(this.bytes, BASE);
  }

  get count(): number {
    return listpack.count(this.bytes, BASE);
  }

  content(): Buffer {
    return Buffer.from(this.bytes.subarray(BASE, BASE + this.total));
  }

  text(position: number): string {
    listpack.read(this.bytes, BASE, position, this.entry);
    assert.equal(listpack.textOf(this.entry, this.bytes).length, listpack.textLength(this.entry));
    return latin1(listpack.textOf(this.entry, this.bytes));
  }

  texts(): string[] {
    const texts: string[] = [];
    for (let at = listpack.first(this.bytes, BASE); at !== listpack.NONE; ) {
      texts.push(this.text(at));
      const following = listpack.read(this.bytes, BASE, at, this.entry);
      assert.equal(following, listpack.next(this.bytes, BASE, at));
      at = following;
    }
    return texts;
  }

  insert(index: number, text: string): void {
    const value = bytesOfLatin1(`<${text}>`);
    const expected = this.total + listpack.encodedSize(value, 1, value.length - 1);
    const known = listpack.seek(this.bytes, BASE, index);
    const position = known === listpack.NONE ? listpack.endPosition(this.bytes, BASE) : known;
    this.changed(listpack.insert(this.bytes, BASE, position, value, 1, value.length - 1), expected);
    this.model.splice(index, 0, text);
  }

  replace(index: number, text: string): void {
    const value = bytesOfLatin1(text);
    const position = listpack.seek(this.bytes, BASE, index);
    const growth = listpack.replaceGrowth(this.bytes, BASE, position, value, 0, value.length);
    const expected = this.total + growth;
    this.changed(listpack.replace(this.bytes, BASE, position, value, 0, value.length), expected);
    this.model[index] = text;
  }

  remove(index: number, count: number): void {
    const position = listpack.seek(this.bytes, BASE, index);
    const total = listpack.remove(this.bytes, BASE, position, count);
    this.changed(total, total);
    this.model.splice(index, count);
  }

  /** Everything that can be asked agrees with the model. */
  check(): void {
    assert.deepEqual(this.texts(), this.model);
    assert.equal(this.count, this.model.length);
    assert.ok(listpack.isValid(this.bytes, BASE, this.total, true));
    assert.equal(this.bytes[BASE - 1], GUARD);
    let at = listpack.last(this.bytes, BASE);
    for (const text of this.model.toReversed()) {
      assert.equal(this.text(at), text);
      at = listpack.previous(this.bytes, BASE, at);
    }
    assert.equal(at, listpack.NONE);
  }

  private changed(total: number, expected: number): void {
    assert.equal(total, expected);
    assert.equal(this.total, expected);
    // What the listpack no longer covers must not matter.
    this.bytes.fill(GUARD, BASE + total);
  }
}

const EDGES = [0, 1, 127, 128, 4095, 4096, 32767, 32768, 8388607, 8388608, 2147483647, 2147483648].flatMap(
  (n) => [String(n), String(-n - 1)],
);
EDGES.push("9007199254740991", "9007199254740992", "-9007199254740992", "9223372036854775807");
EDGES.push("-9223372036854775808", "9223372036854775808", "-0", "+1", "01", "", " 1", "1.0");

const anyText = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.integer({ min: -5000, max: 5000 }).map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.string({ unit: fc.constantFrom("a", "b", "\xff", "\0"), maxLength: 4 }),
  fc.integer({ min: 30, max: 140 }).map((length) => "x".repeat(length)),
);

test("a listpack behaves as a plain array", () => {
  const step = fc.record({ what: fc.nat(9), where: fc.nat(1000), text: anyText, many: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const twin = new Twin(8192);
      for (const { what, where, text, many } of steps) {
        const length = twin.model.length;
        if (what < 6 || length === 0) twin.insert(where % (length + 1), text);
        else if (what < 8) twin.replace(where % length, text);
        else twin.remove(where % length, Math.min(many, length - (where % length)));
        twin.check();
      }
    }),
    { numRuns: 300 },
  );
});

test("every index is found from both ends", () => {
  const twin = new Twin();
  for (let i = 0; i < 40; i++) twin.insert(i, i % 3 === 0 ? `entry ${i}` : String(i * 1000));
  for (let index = -41; index <= 41; index++) {
    const position = listpack.seek(twin.bytes, BASE, index);
    const expected = twin.model.at(index);
    if (expected === undefined || index >= 40) assert.equal(position, listpack.NONE);
    else assert.equal(twin.text(position), expected);
  }
});

test("a value is found where it is, by its text, passing over what lies between", () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 20 }), anyText, fc.nat(2), (texts, other, skip) => {
      const twin = new Twin(8192);
      for (const [i, text] of texts.entries()) twin.insert(i, text);
      const first = listpack.first(twin.bytes, BASE);
      for (const wanted of [...texts, other]) {
        const value = bytesOfLatin1(`1${wanted}1`);
        const found = listpack.find(twin.bytes, BASE, first, value, 1, value.length - 1, skip);
        const expected = texts.findIndex((text, i) => i % (skip + 1) === 0 && text === wanted);
        assert.equal(found, expected < 0 ? listpack.NONE : listpack.seek(twin.bytes, BASE, expected));
        for (const [i, text] of texts.entries()) {
          const position = listpack.seek(twin.bytes, BASE, i);
          const same = listpack.equals(twin.bytes, BASE, position, value, 1, value.length - 1);
          assert.equal(same, text === wanted);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("integers given as numbers are stored as their texts are", () => {
  for (const text of EDGES.filter(
    (edge) => /^(0|-?[1-9]\d*)$/.test(edge) && edge !== "9223372036854775808",
  )) {
    const big = BigInt(text);
    const value = Number.isSafeInteger(Number(big)) ? Number(big) : big;
    const byText = new Twin();
    const byNumber = new Twin();
    byText.insert(0, text);
    listpack.appendInteger(byNumber.bytes, BASE, value);
    assert.deepEqual(byNumber.content(), byText.content(), text);
    assert.equal(byText.total, listpack.EMPTY_SIZE + listpack.encodedIntegerSize(value));
    byText.replace(0, "another text");
    listpack.replaceInteger(byText.bytes, BASE, listpack.first(byText.bytes, BASE), value);
    assert.deepEqual(byText.content(), byNumber.content(), text);
  }
});

test("ends and neighbours, and entries moved as they are encoded", () => {
  const twin = new Twin();
  const { bytes } = twin;
  listpack.append(bytes, BASE, bytesOf("b"), 0, 1);
  listpack.prepend(bytes, BASE, bytesOf("a"), 0, 1);
  listpack.insertAfter(bytes, BASE, listpack.first(bytes, BASE), bytesOf("ab"), 0, 2);
  listpack.insertInteger(bytes, BASE, listpack.last(bytes, BASE), -70000);
  assert.deepEqual(twin.texts(), ["a", "ab", "-70000", "b"]);
  const other = new Twin();
  other.insert(0, "z");
  const from = BASE + listpack.seek(bytes, BASE, 1);
  const to = BASE + listpack.seek(bytes, BASE, 3);
  listpack.insertEncoded(other.bytes, BASE, listpack.HEADER_SIZE, bytes, from, to, 2);
  assert.deepEqual(other.texts(), ["ab", "-70000", "z"]);
  assert.equal(other.count, 3);
});

test("more entries than the header can count are still counted", () => {
  const twin = new Twin(200_000);
  for (let i = 0; i < 65_540; i++) listpack.appendInteger(twin.bytes, BASE, i & 127);
  assert.equal(twin.count, 65_540);
  assert.equal(twin.text(listpack.seek(twin.bytes, BASE, 65_539)), String(65_539 & 127));
  assert.equal(twin.text(listpack.seek(twin.bytes, BASE, -65_540)), "0");
  assert.equal(listpack.seek(twin.bytes, BASE, 65_540), listpack.NONE);
  assert.equal(listpack.seek(twin.bytes, BASE, -65_541), listpack.NONE);
  listpack.remove(twin.bytes, BASE, listpack.HEADER_SIZE, 10);
  assert.equal(twin.count, 65_530);
  assert.ok(listpack.isValid(twin.bytes, BASE, twin.total, true));
});

test("no damaged byte leads a deep check out of the range, and what passes can be walked", () => {
  const twin = new Twin(1024);
  for (const [i, text] of ["abc", "12345", "x".repeat(70), "-1", "9007199254740993"].entries())
    twin.insert(i, text);
  const total = twin.total;
  for (let at = 0; at < total; at++) {
    for (let value = 0; value < 256; value++) {
      const copy = new Uint8Array(total).fill(0);
      copy.set(twin.content());
      copy[at] = value;
      if (!listpack.isValid(copy, 0, total, true)) continue;
      let walked = 0;
      for (let p = listpack.first(copy, 0); p !== listpack.NONE; p = listpack.next(copy, 0, p)) walked++;
      for (let p = listpack.last(copy, 0); p !== listpack.NONE; p = listpack.previous(copy, 0, p)) walked--;
      assert.equal(walked, 0);
    }
  }
  for (let length = 0; length < total; length++)
    assert.ok(!listpack.isValid(twin.content(), 0, length, false));
});

/** The string in a DUMP payload that begins at `from`; the payload ends with its version and checksum. */
function dumped(raw: Buffer, from: number): Buffer {
  const dump = raw.subarray(raw.indexOf("\n") + 1, -12);
  const kind = dump[from]! >> 6;
  if (kind === 0) return dump.subarray(from + 1, from + 1 + (dump[from]! & 63));
  if (kind === 1) return dump.subarray(from + 2, from + 2 + (((dump[from]! & 63) << 8) | dump[from + 1]!));
  assert.equal(dump[from], 0x80);
  return dump.subarray(from + 5, from + 5 + dump.readUInt32BE(from + 1));
}

const ARGS = ["--rdbcompression", "no", "--list-max-listpack-size", "-5"];
/** Type, number of nodes, kind of the node: what precedes the listpack of a list. */
const LIST_HEADER = 3;

oracleTest("redis-server holds the same bytes for lists that are changed everywhere", async () => {
  await using oracle = await startOracle({ args: ARGS });
  using client = await oracle.client();
  const chance = new SeededChance(8);
  for (let round = 0; round < 100; round++) {
    const twin = new Twin(20_000);
    const commands: (string | number | Buffer)[][] = [["DEL", "l"]];
    for (let i = 0; i < 60; i++) {
      const text = randomText(chance);
      const length = twin.model.length;
      const index = chance.below(length);
      if (length === 0 || chance.happens(0.6)) {
        const front = chance.happens(0.5);
        commands.push([front ? "LPUSH" : "RPUSH", "l", Buffer.from(text, "latin1")]);
        twin.insert(front ? 0 : length, text);
      } else if (chance.happens(0.7)) {
        commands.push(["LSET", "l", index, Buffer.from(text, "latin1")]);
        twin.replace(index, text);
      } else if (length > 1) {
        commands.push(["LTRIM", "l", 0, index]);
        if (index + 1 < length) twin.remove(index + 1, length - index - 1);
      }
    }
    const dump = (await client.pipeline([...commands, ["DUMP", "l"]])).at(-1)!;
    assert.equal(dumped(dump.raw, LIST_HEADER).toString("hex"), twin.content().toString("hex"));
  }
});

function randomText(chance: SeededChance): string {
  switch (chance.below(4)) {
    case 0:
      return chance.pick(EDGES);
    case 1:
      return String(chance.below(20_000) - 10_000);
    case 2:
      return String(BigInt.asIntN(chance.below(65), BigInt(Math.floor(chance.real() * 2 ** 53)) * 2047n));
    default:
      return "v".repeat(chance.below(chance.pick([8, 70, 140])));
  }
}

oracleTest("redis-server holds the same bytes where the size of a length changes", async () => {
  await using oracle = await startOracle({
    args: ["--rdbcompression", "no", "--list-max-listpack-size", "100"],
  });
  using client = await oracle.client();
  const lengths = [0, 63, 64, 125, 126, 127, 4093, 4094, 4095, 4096, 4097];
  // An entry's size is 5 more than its string's length here; its own size changes form at 2^14 - 1 and 2^21 - 1.
  for (const edge of [2 ** 14, 2 ** 21]) for (let less = 4; less <= 8; less++) lengths.push(edge - less);
  for (const length of lengths) {
    const twin = new Twin(length + 100);
    const text = "s".repeat(length);
    twin.insert(0, "1");
    twin.insert(1, text);
    const commands = [
      ["DEL", "h"],
      ["CONFIG", "SET", "hash-max-listpack-value", 1 << 28],
      ["HSET", "h", "1", text],
      ["DUMP", "h"],
    ];
    const dump = (await client.pipeline(commands)).at(-1)!;
    const theirs = dumped(dump.raw, 1);
    assert.ok(theirs.equals(twin.content()), `string of ${length}`);
    twin.check();
  }
});

oracleTest("redis-server holds the same bytes for hashes and sorted sets", async () => {
  await using oracle = await startOracle({ args: ARGS });
  using client = await oracle.client();
  const hash = new Twin();
  for (const [i, text] of ["f", "1", "20", "-300", "g", "x"].entries()) hash.insert(i, text);
  const zset = new Twin();
  for (const [i, text] of ["a", "-7", "b", "1.5", "33", "100000"].entries()) zset.insert(i, text);
  const replies = await client.pipeline([
    ["HSET", "h", "f", "1", "20", "-300", "g", "x"],
    ["DUMP", "h"],
    ["ZADD", "z", 100000, "33", 1.5, "b", -7, "a"],
    ["DUMP", "z"],
  ]);
  assert.deepEqual(dumped(replies[1]!.raw, 1), hash.content());
  assert.deepEqual(dumped(replies[3]!.raw, 1), zset.content());
});
