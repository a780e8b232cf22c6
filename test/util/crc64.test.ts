import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Crc64 } from "#tidemark/util/crc64.js";

/** Bit by bit, with big integers. */
function slow(bytes: Uint8Array): bigint {
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0x95ac9329ac4bc9b5n : crc >> 1n;
  }
  return crc;
}

function value(crc: Crc64): bigint {
  return Buffer.from(crc.bytes()).readBigUInt64LE();
}

test("the check value", () => {
  assert.equal(value(new Crc64().update(Buffer.from("123456789"))), 0xe9c6d914c4b8d9can);
});

test("property: any bytes in any pieces give the value of the definition", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, at) => {
      const cut = Math.min(at, bytes.length);
      const crc = new Crc64().update(bytes, 0, cut).update(bytes, cut);
      assert.equal(value(crc), slow(bytes));
    }),
  );
});
