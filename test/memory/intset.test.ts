import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as intset from "#tidemark/memory/intset.js";
import { bytesOf } from "#tidemark/util/ascii.js";
import { INT64_MAX, INT64_MIN } from "#tidemark/util/integer.js";
import { SeededChance } from "../support/chance.js";
import { oracleTest, startOracle } from "../support/oracle.js";

const BASE = 5;
const GUARD = 0xa5;

/** A number where it is safe, as the module wants it. */
function member(value: bigint): intset.Member {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Adds as an owner does: room first. Checks that nothing outside the intset is touched. */
function add(bytes: Uint8Array, value: intset.Member): void {
  const size = intset.sizeWith(bytes, BASE, value);
  bytes.fill(GUARD, BASE + size);
  assert.equal(intset.add(bytes, BASE, value), size);
  assert.equal(intset.totalBytes(bytes, BASE), size);
  assert.equal(bytes[BASE + size], GUARD);
  assert.equal(bytes[BASE - 1], GUARD);
}

const order = (a: intset.Member, b: intset.Member) => (a < b ? -1 : a > b ? 1 : 0);

const anyMember = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(-32769, -32768, 32767, 32768, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1),
  fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }).map(member),
  fc.constantFrom(INT64_MIN, INT64_MAX, 2n ** 53n, -(2n ** 53n), INT64_MAX - 1n),
  fc.bigInt({ min: INT64_MIN, max: INT64_MAX }).map(member),
);

test("a walk reaches the members among ascending integers, however far apart they are", () => {
  const bytes = new Uint8Array(4096);
  const property = fc.property(
    fc.array(anyMember, { maxLength: 100 }),
    fc.array(anyMember, { maxLength: 60 }),
    (members, sought) => {
      bytes.fill(GUARD);
      intset.create(bytes, BASE);
      for (const value of members) add(bytes, value);
      const walk = new intset.Walk(bytes, BASE);
      assert.equal(walk.count, new Set(members).size);
      for (const value of [...sought, ...members].sort(order))
        assert.equal(walk.reaches(value), members.includes(value));
    },
  );
  fc.assert(property);
});

test("a set of integers behaves as a plain set", () => {
  const bytes = new Uint8Array(1024);
  const step = fc.tuple(fc.boolean(), anyMember);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      bytes.fill(GUARD);
      assert.equal(intset.create(bytes, BASE), intset.HEADER_SIZE);
      const model = new Set<intset.Member>();
      for (const [adding, value] of steps) {
        assert.equal(intset.has(bytes, BASE, value), model.has(value));
        if (adding) add(bytes, value);
        else assert.equal(intset.remove(bytes, BASE, value), intset.totalBytes(bytes, BASE));
        if (adding) model.add(value);
        else model.delete(value);
      }
      const sorted = [...model].sort(order);
      assert.equal(intset.count(bytes, BASE), sorted.length);
      for (const [i, value] of sorted.entries()) {
        assert.equal(intset.get(bytes, BASE, i), value);
        assert.equal(intset.indexOf(bytes, BASE, value), i);
      }
      if (sorted.length > 0) assert.ok(intset.isValid(bytes, BASE, intset.totalBytes(bytes, BASE), true));
    }),
    { numRuns: 500 },
  );
});

test("an absent member has the index where it belongs", () => {
  const bytes = new Uint8Array(64);
  intset.create(bytes, BASE);
  for (const value of [10, 30, 20]) intset.add(bytes, BASE, value);
  const at = (value: intset.Member) => intset.indexOf(bytes, BASE, value);
  assert.deepEqual(
    [5, 15, 25, 35, 1e9, -1e9, INT64_MIN, INT64_MAX].map(at),
    [-1, -2, -3, -4, -4, -1, -1, -4],
  );
});

test("what is not an intset is refused", () => {
  const valid = Uint8Array.of(2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 2, 0);
  const refused = (bytes: Uint8Array, deep = true) => !intset.isValid(bytes, 0, bytes.length, deep);
  assert.ok(!refused(valid));
  assert.ok(refused(valid.subarray(0, 11)));
  assert.ok(refused(valid.subarray(0, 7)));
  assert.ok(refused(valid.with(0, 3)));
  assert.ok(refused(valid.with(4, 3)));
  assert.ok(refused(valid.with(7, 128)));
  assert.ok(refused(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0)));
  assert.ok(refused(valid.with(8, 2)), "equal members");
  assert.ok(refused(valid.with(8, 3)), "descending members");
  assert.ok(!refused(valid.with(8, 3), false), "order is looked at only deeply");
});

test("a text is a member only in canonical form", () => {
  const parse = (text: string) => intset.parseMember(bytesOf(text), 0, text.length);
  assert.equal(parse("-12"), -12);
  assert.equal(parse("9223372036854775807"), INT64_MAX);
  assert.equal(parse("9223372036854775808"), null);
  assert.equal(parse("012"), null);
  assert.equal(parse(""), null);
});

/** The intset in a DUMP payload: after the type byte and the length, before the version and the checksum. */
function payload(raw: Buffer): Buffer {
  const dump = raw.subarray(raw.indexOf("\n") + 1, -2);
  assert.equal(dump[0], 11);
  const wide = (dump[1]! & 0xc0) !== 0;
  return dump.subarray(wide ? 3 : 2, -10);
}

oracleTest("redis-server holds the same bytes", async () => {
  await using oracle = await startOracle({ args: ["--rdbcompression", "no"] });
  using client = await oracle.client();
  const chance = new SeededChance(3);
  const bytes = new Uint8Array(2048);
  for (let round = 0; round < 150; round++) {
    intset.create(bytes, BASE);
    const bits = chance.pick([8, 15, 16, 31, 32, 52, 54, 63]);
    const commands: (string | number)[][] = [["DEL", "s"]];
    for (let i = 0; i < 30; i++) {
      const value = BigInt(Math.floor(chance.real() * 2 ** 52)) * BigInt(Math.floor(chance.real() * 2 ** 12));
      const chosen = member(BigInt.asIntN(chance.happens(0.2) ? bits + 1 : 9, value));
      const removing = chance.happens(0.3);
      commands.push([removing ? "SREM" : "SADD", "s", String(chosen)]);
      if (removing) intset.remove(bytes, BASE, chosen);
      else intset.add(bytes, BASE, chosen);
      // A key whose set is emptied is deleted, so the next one begins anew, narrow.
      if (intset.count(bytes, BASE) === 0) intset.create(bytes, BASE);
    }
    if (intset.count(bytes, BASE) === 0) intset.add(bytes, BASE, 1);
    commands.push(["SADD", "s", String(intset.get(bytes, BASE, 0))], ["DUMP", "s"]);
    const dump = (await client.pipeline(commands)).at(-1)!;
    const mine = Buffer.from(bytes.subarray(BASE, BASE + intset.totalBytes(bytes, BASE)));
    assert.equal(payload(dump.raw).toString("hex"), mine.toString("hex"));
  }
});
