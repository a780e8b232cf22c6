/** Replies are read however their bytes are cut. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BadReply, ReplyDecoder, ReplyError, type ReplyValue } from "#tidemark/resp/reply-decoder.js";

const value: fc.Arbitrary<ReplyValue> = fc.letrec<{ value: ReplyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.constant(null),
    fc.stringMatching(/^[a-zA-Z ]{0,20}$/),
    fc.stringMatching(/^[A-Z]{1,9} [a-z ]{0,20}$/).map((text) => new ReplyError(text)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie("value"), { maxLength: 4 }),
  ),
})).value;

function encode(reply: ReplyValue): Buffer {
  if (reply === null) return Buffer.from("$-1\r\n");
  if (typeof reply === "number") return Buffer.from(`:${reply}\r\n`);
  if (typeof reply === "string") return Buffer.from(`+${reply}\r\n`);
  if (reply instanceof ReplyError) return Buffer.from(`-${reply.message}\r\n`);
  if (Buffer.isBuffer(reply))
    return Buffer.concat([Buffer.from(`$${reply.length}\r\n`), reply, Buffer.from("\r\n")]);
  return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(encode)]);
}

test("replies come out as they went in, in pieces of any size", () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (replies, piece) => {
      const decoder = new ReplyDecoder();
      const bytes = Buffer.concat(replies.map(encode));
      const read: ReplyValue[] = [];
      for (let at = 0; at < bytes.length; at += piece) {
        decoder.feed(bytes.subarray(at, at + piece));
        for (let reply = decoder.next(); reply !== undefined; reply = decoder.next()) read.push(reply);
      }
      assert.deepEqual(read, replies);
    }),
  );
});

test("a long value, after which the next reply is found", () => {
  const decoder = new ReplyDecoder();
  const long = Buffer.alloc(3_000_000, "abc");
  const bytes = encode([long, "OK"]);
  for (let at = 0; at < bytes.length; at += 16384) decoder.feed(bytes.subarray(at, at + 16384));
  assert.deepEqual(decoder.next(), [long, "OK"]);
  decoder.feed(Buffer.from(":7\r\n"));
  assert.equal(decoder.next(), 7);
});

test("null arrays, and what is no reply", () => {
  const decoder = new ReplyDecoder();
  decoder.feed(Buffer.from("*-1\r\n*0\r\n"));
  assert.equal(decoder.next(), null);
  assert.deepEqual(decoder.next(), []);
  decoder.feed(Buffer.from("%2\r\n"));
  assert.throws(() => decoder.next(), BadReply);
});
