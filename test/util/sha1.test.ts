import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { SHA1_BYTES, Sha1 } from "#tidemark/util/sha1.js";

test("the hash of abc is the one of the standard", () => {
  const hash = Buffer.alloc(SHA1_BYTES);
  new Sha1().digest(Buffer.from("abc"), hash);
  assert.equal(hash.toString("hex"), "a9993e364706816aba3e25717850c26c9cd0d89d");
});

test("property: one hasher gives the hashes of node:crypto, one after the other", () => {
  const sha1 = new Sha1();
  const hash = Buffer.alloc(SHA1_BYTES);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      sha1.digest(bytes, hash);
      assert.equal(hash.toString("hex"), createHash("sha1").update(bytes).digest("hex"));
    }),
  );
});

test("every length up to three blocks", () => {
  const sha1 = new Sha1();
  const hash = Buffer.alloc(SHA1_BYTES);
  for (let length = 0; length <= 192; length++) {
    const bytes = Buffer.alloc(length, 0xa5);
    sha1.digest(bytes, hash);
    assert.equal(hash.toString("hex"), createHash("sha1").update(bytes).digest("hex"), `${length} bytes`);
  }
});

test("the hash may be written over the data", () => {
  const bytes = Buffer.alloc(SHA1_BYTES, 7);
  const expected = createHash("sha1").update(bytes).digest("hex");
  new Sha1().digest(bytes, bytes);
  assert.equal(bytes.toString("hex"), expected);
});
