/** Files as versions wrote them that nobody runs any more, byte by byte; and what is new since. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { RdbError, RdbUnsupported } from "#tidemark/snapshot/rdb/error.js";
import { contents, length, load, NOW, rdbFile, rdbString as s } from "./contents.js";

/** Bytes as characters. */
const b = (...bytes: number[]): string => String.fromCharCode(...bytes);
const le32 = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes.toString("latin1");
};
const le64 = (value: bigint): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes.toString("latin1");
};

/** A ziplist of entries without the length of the one before: encoding and data. */
function ziplist(...entries: string[]): string {
  let body = "";
  let previous = 0;
  let tail = 10;
  for (const entry of entries) {
    tail = 10 + body.length;
    const before = previous < 254 ? b(previous) : b(254) + le32(previous);
    body += before + entry;
    previous = before.length + entry.length;
  }
  return le32(11 + body.length) + le32(tail) + b(entries.length & 255, entries.length >> 8) + body + b(255);
}

/** A short string in a ziplist. */
const zs = (text: string): string => b(text.length) + text;

function loaded(version: number, body: string): Record<string, unknown> {
  return contents(load(rdbFile(version, b(0xfe, 0) + body)).space);
}

function refused(bytes: Buffer, offset: number | null, reason: RegExp, key: string | null = null): void {
  assert.throws(
    () => load(bytes),
    (error) => {
      assert.ok(error instanceof RdbError, String(error));
      assert.match(error.reason, reason);
      if (offset !== null) assert.equal(error.offset, offset, error.message);
      assert.equal(error.key, key);
      return true;
    },
  );
}

test("version 1: plain collections, expiry in seconds, no checksum", () => {
  const body =
    b(0) +
    s("s") +
    s("v") +
    b(1) +
    s("l") +
    b(2) +
    s("a") +
    b(0xc0, 5) +
    b(2) +
    s("set") +
    b(3) +
    s("x") +
    s("1") +
    s("y") +
    b(2) +
    s("ints") +
    b(2) +
    s("7") +
    b(0xc1, 0x00, 0x80) +
    b(3) +
    s("z") +
    b(4) +
    s("m") +
    b(3) +
    "1.5" +
    s("i") +
    b(254) +
    s("n") +
    b(255) +
    s("o") +
    b(1) +
    "2" +
    b(4) +
    s("h") +
    b(1) +
    s("f") +
    s("v") +
    b(0xfd) +
    le32(2_000_000_000) +
    b(0) +
    s("e") +
    b(0xc2) +
    le32(-5);
  assert.deepEqual(loaded(1, body), {
    s: ["string", "embstr", "v"],
    l: ["list", "listpack", ["a", "5"]],
    set: ["set", "listpack", ["1", "x", "y"]],
    ints: ["set", "intset", ["-32768", "7"]],
    z: [
      "zset",
      "listpack",
      [
        ["n", -Infinity],
        ["m", 1.5],
        ["o", 2],
        ["i", Infinity],
      ],
    ],
    h: ["hash", "listpack", { f: "v" }],
    e: ["string", "int", "-5", 2_000_000_000_000],
  });
});

test("versions 2 to 6: zipmap, ziplists, intset, expiry in milliseconds", () => {
  const zipmap = `${b(2) + zs("f") + b(1, 0)}v${zs("gg")}${b(3, 2)}www??${b(255)}`;
  const long = "x".repeat(300);
  const integers = ziplist(
    b(0xf1),
    b(0xfd),
    b(0xfe, 0x80),
    b(0xc0, 0x00, 0x80),
    b(0xf0, 0xff, 0xff, 0x7f),
    b(0xd0) + le32(-7),
    b(0xe0) + le64(-(2n ** 63n)),
    b(0xe0) + le64(2n ** 53n - 1n),
    b(0x41, 0x2c) + long,
    zs("after"),
    `${b(0x80, 0, 0, 0, 2)}ab`,
    zs(""),
  );
  const body =
    b(9) +
    s("zipmap") +
    s(zipmap) +
    b(10) +
    s("list") +
    s(integers) +
    b(11) +
    s("intset") +
    s(le32(2) + le32(3) + b(0xfe, 0xff, 1, 0, 0xff, 0x7f)) +
    b(12) +
    s("zset") +
    s(ziplist(zs("a"), zs("0.25"), zs("b"), b(0xf4))) +
    b(13) +
    s("hash") +
    s(ziplist(zs("f"), zs("v"), b(0xf6), zs("w"))) +
    b(14) +
    s("quicklist") +
    b(3) +
    s(ziplist(zs("a"), zs("b"))) +
    s(ziplist()) +
    s(ziplist(zs("c"))) +
    b(0xfc) +
    le64(2_000_000_000_123n) +
    b(0) +
    s("e") +
    s("v");
  const list = [
    "0",
    "12",
    "-128",
    "-32768",
    "8388607",
    "-7",
    "-9223372036854775808",
    "9007199254740991",
    long,
    "after",
    "ab",
    "",
  ];
  const expected = {
    zipmap: ["hash", "listpack", { f: "v", gg: "www" }],
    list: ["list", "listpack", list],
    intset: ["set", "intset", ["-2", "1", "32767"]],
    zset: [
      "zset",
      "listpack",
      [
        ["a", 0.25],
        ["b", 3],
      ],
    ],
    hash: ["hash", "listpack", { f: "v", "5": "w" }],
    quicklist: ["list", "quicklist", ["a", "b", "c"]],
    e: ["string", "embstr", "v", 2_000_000_000_123],
  };
  for (const version of [2, 3, 4, 5, 6]) assert.deepEqual(loaded(version, body), expected);
});

test("a zipmap with fields and values of more than 253 bytes", () => {
  const long = "v".repeat(500);
  const zipmap = b(1, 254) + le32(500) + long + b(254) + le32(500) + b(0) + long + b(255);
  assert.deepEqual(loaded(3, b(9) + s("k") + s(zipmap)), { k: ["hash", "listpack", { [long]: long }] });
});

test("versions 7 and 8: fields, sizes, binary scores, accesses", () => {
  const score = Buffer.alloc(8);
  score.writeDoubleLE(-1.25);
  const body =
    b(0xfa) +
    s("redis-ver") +
    s("5.0.0") +
    b(0xfe, 3, 0xfb, 2, 0) +
    b(5) +
    s("z") +
    b(1) +
    s("m") +
    score.toString("latin1") +
    b(0xf8, 60, 0) +
    s("idle") +
    s("v") +
    b(0xf9, 7, 0) +
    s("often") +
    s("v");
  const { space } = load(rdbFile(8, body));
  assert.deepEqual(contents(space, 3), {
    z: ["zset", "listpack", [["m", -1.25]]],
    idle: ["string", "embstr", "v"],
    often: ["string", "embstr", "v"],
  });
  const [key] = [space.key(Buffer.from("idle"))];
  const ref = space.databases[3]!.dict.find(key!);
  assert.equal(space.access.idleSeconds(space.entries.access(ref)), 60);
});

test("versions 11 and 12: a set as a listpack, slots, hashes with fields that have expired or never do", () => {
  const packed = (...elements: string[]): string => {
    const body = elements.map((text) => b(0x80 | text.length) + text + b(text.length + 1)).join("");
    return le32(7 + body.length) + b(elements.length, 0) + body + b(255);
  };
  const past = String(NOW - 1);
  const body =
    b(0xf4, 1, 2, 3) +
    b(20) +
    s("set") +
    s(packed("a", "b")) +
    b(24) +
    s("plain") +
    le64(BigInt(NOW - 10)) +
    b(3, 0) +
    s("f") +
    s("v") +
    b(1) +
    s("gone") +
    s("x") +
    b(5) +
    s("too") +
    s("x") +
    b(25) +
    s("packed") +
    le64(0n) +
    s(packed("f", "v", "0", "gone", "x", past)) +
    b(25) +
    s("nothing left") +
    le64(0n) +
    s(packed("gone", "x", past)) +
    b(22) +
    s("early") +
    b(1, 0) +
    s("f") +
    s("v") +
    b(23) +
    s("early too") +
    s(packed("f", "v", "0"));
  assert.deepEqual(loaded(12, body), {
    set: ["set", "listpack", ["a", "b"]],
    plain: ["hash", "listpack", { f: "v" }],
    packed: ["hash", "listpack", { f: "v" }],
    early: ["hash", "listpack", { f: "v" }],
    "early too": ["hash", "listpack", { f: "v" }],
  });
  const living = b(0xfe, 0, 24) + s("h") + le64(BigInt(NOW + 1000)) + b(1, 1) + s("f") + s("v");
  refused(rdbFile(12, living), null, /a field that expires, which this server cannot keep/, '"h"');
});

test("what has expired is left out on a primary and kept for one", () => {
  const past = b(0xfc) + le64(BigInt(NOW - 1)) + b(0) + s("past") + s("v");
  const now = b(0xfc) + le64(BigInt(NOW)) + b(0) + s("now") + s("v");
  const bytes = rdbFile(9, b(0xfe, 0) + past + now);
  const primary = load(bytes);
  assert.deepEqual(Object.keys(contents(primary.space)), ["now"]);
  assert.deepEqual([primary.reader.keysLoaded, primary.reader.keysExpired], [1, 1]);
  const replica = load(bytes, { skipExpired: false });
  assert.deepEqual(Object.keys(contents(replica.space)).sort(), ["now", "past"]);
});

test("empty collections are left out, as by Redis", () => {
  const body =
    b(1) + s("l") + b(0) + b(2) + s("s") + b(0) + b(4) + s("h") + b(0) + b(14) + s("q") + b(1) + s(ziplist());
  const { space, reader } = load(rdbFile(9, b(0xfe, 0) + body + b(0) + s("k") + s("v")));
  assert.deepEqual(Object.keys(contents(space)), ["k"]);
  assert.equal(reader.emptyKeys, 4);
});

test("what cannot be kept is said to be so", () => {
  for (const [opcode, what] of [
    [15, /stream/],
    [19, /stream/],
    [21, /stream/],
    [7, /module/],
    [6, /module/],
  ] as const) {
    const bytes = rdbFile(10, b(0xfe, 0, opcode) + s("k") + b(1));
    assert.throws(
      () => load(bytes),
      (error) => error instanceof RdbUnsupported && what.test(error.reason) && error.key === '"k"',
    );
  }
  for (const [opcode, what] of [
    [0xf5, /functions/],
    [0xf6, /functions/],
    [0xf7, /module/],
  ] as const)
    assert.throws(
      () => load(rdbFile(10, b(opcode) + s("x"))),
      (error) => error instanceof RdbUnsupported && what.test(error.reason),
    );
  assert.throws(
    () => load(rdbFile(13, "")),
    (error) => error instanceof RdbUnsupported && /version 0013/.test(error.reason),
  );
});

test("errors say where they are, and at which key", () => {
  refused(Buffer.from("RUBIS0010\xff", "latin1"), 0, /wrong signature/);
  refused(rdbFile(10, b(0xfe, 50)), 11, /database 50, where this server has 16/);
  refused(rdbFile(10, b(0xfe, 0, 0) + s("k") + b(0xcf)), 14, /unknown string encoding 15/, '"k"');
  refused(rdbFile(10, b(0xfe, 0, 0) + s("k") + b(0x83)), 14, /unknown length encoding 131/, '"k"');
  refused(rdbFile(10, b(0xfe, 0, 33) + s("k") + s("v")), null, /unknown type 33/, '"k"');
  refused(
    rdbFile(10, b(0xfe, 0, 0) + s("k") + b(0x80, 0xff, 0xff, 0xff, 0xff)),
    null,
    /a string of 4294967295 bytes/,
    '"k"',
  );
  refused(
    rdbFile(10, b(0xfe, 0, 0) + s("k") + b(0x81, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)),
    null,
    /a string of/,
    '"k"',
  );
  refused(
    rdbFile(10, b(0xfe, 0, 0) + s("k") + b(0xc3, 3, 0x80, 0x7f, 0xff, 0xff, 0xff)),
    null,
    /3 bytes said to be 2147483647/,
    '"k"',
  );
  refused(
    rdbFile(10, b(0xfe, 0, 0) + s("k") + s("v") + b(0) + s("k") + s("w")),
    null,
    /there twice in database 0/,
    '"k"',
  );
  refused(
    rdbFile(10, b(0xfe, 0, 4) + s("h") + b(2) + s("f") + s("v") + s("f") + s("v")),
    null,
    /a field that is there twice/,
    '"h"',
  );
  refused(rdbFile(10, b(0xfe, 0, 3) + s("z") + b(1) + s("m") + b(253)), null, /not a number/, '"z"');
  refused(
    rdbFile(10, b(0xfe, 0, 12) + s("z") + s(ziplist(zs("a"), zs("2"), zs("b"), zs("1")))),
    null,
    /out of order/,
    '"z"',
  );
  refused(rdbFile(10, b(0xfe, 0, 18) + s("l") + b(1, 3) + s("v")), null, /unknown kind 3/, '"l"');
  const zipped = ziplist(zs("a"));
  for (const [at, byte] of [
    [0, 99],
    [4, 9],
    [8, 7],
    [10, 1],
    [11, 0x3f],
    [zipped.length - 1, 0],
  ] as const)
    refused(
      rdbFile(10, b(0xfe, 0, 10) + s("l") + s(zipped.slice(0, at) + b(byte) + zipped.slice(at + 1))),
      null,
      /damaged ziplist/,
      '"l"',
    );
});

test("a count of elements that is a lie is no reason to take memory", () => {
  for (const type of [1, 2, 3, 4, 5, 14, 18, 24])
    refused(
      rdbFile(
        12,
        b(0xfe, 0, type) + s("k") + (type === 24 ? le64(0n) : "") + b(0x80, 0x7f, 0xff, 0xff, 0xff),
      ),
      null,
      /./,
      '"k"',
    );
  const { space } = load(
    rdbFile(10, b(0xfe, 0, 0xfb, 0x80, 0x7f, 0xff, 0xff, 0xff, 0x80, 0x7f, 0xff, 0xff, 0xff)),
  );
  assert.ok(space.arena.usedBytes < 1_000_000);
});

test("a file that is cut anywhere is not taken for a whole one", () => {
  const body =
    b(0xfe, 0, 0) +
    s("k") +
    s("v") +
    b(4) +
    s("h") +
    b(2) +
    s("f") +
    s("v") +
    s("g") +
    s("x".repeat(100)) +
    b(10) +
    s("l") +
    s(ziplist(zs("a")));
  const bytes = rdbFile(10, body);
  for (let cut = 0; cut < bytes.length; cut++) {
    const wanted = cut < 9 ? /unexpected end/ : /unexpected end|where no more than/;
    assert.throws(() => load(bytes.subarray(0, cut)), wanted, `cut at ${cut}`);
  }
  assert.deepEqual(length(100), b(0x40, 100));
});
