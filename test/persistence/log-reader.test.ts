import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FormatError, INCOMPLETE, LogReader } from "#tidemark/persistence/log-reader.js";
import { resp } from "./store.js";

const COMMAND = resp("SET key value");

test("a command is found with its arguments and its own bytes", () => {
  const reader = new LogReader();
  const bytes = Buffer.from(`..${COMMAND}..`);
  assert.equal(reader.next(bytes, 2, bytes.length), COMMAND.length + 2);
  const { request } = reader;
  assert.deepEqual([request.text(0), request.text(1), request.text(2)], ["SET", "key", "value"]);
  assert.equal(bytes.toString("latin1", request.start, request.end), COMMAND);
});

test("any first part of a command is incomplete, never damage", () => {
  const bytes = Buffer.from(COMMAND);
  for (let end = 0; end < bytes.length; end++)
    assert.equal(new LogReader().next(bytes, 0, end), INCOMPLETE, `${end} bytes`);
});

test("an annotation is skipped, with a line of up to 1023 bytes", () => {
  const reader = new LogReader();
  const bytes = Buffer.from(`#${"x".repeat(1020)}\r\n${COMMAND}`);
  const next = reader.next(bytes, 0, bytes.length);
  assert.equal(next, 1023);
  assert.equal(reader.request.argc, 0);
  assert.equal(reader.next(bytes, next, bytes.length), bytes.length);
  assert.equal(reader.next(Buffer.from("#TS:1"), 0, 5), INCOMPLETE);
  const long = Buffer.from(`#${"x".repeat(1100)}\r\n`);
  assert.throws(() => reader.next(long, 0, long.length), FormatError);
});

for (const text of [
  "PING\r\n",
  "*0\r\n",
  "*-1\r\n",
  "*1\r\nX",
  "*1\r\n$x\r\n",
  "*1\r\n$-1\r\n",
  "*1\n",
  "*\r\n",
  "\0\0",
]) {
  test(`damage: ${JSON.stringify(text)}`, () => {
    assert.throws(() => new LogReader().next(Buffer.from(text), 0, text.length), FormatError);
  });
}

test("an argument that is longer than its length says is damage", () => {
  const bytes = Buffer.from("*1\r\n$3\r\nPING\r\n");
  assert.throws(() => new LogReader().next(bytes, 0, bytes.length), FormatError);
});

test("property: random bytes never crash the reader", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (tail) => {
      const bytes = Buffer.concat([Buffer.from(COMMAND), tail]);
      const reader = new LogReader();
      assert.equal(reader.next(bytes, 0, bytes.length), COMMAND.length);
      try {
        const next = reader.next(bytes, COMMAND.length, bytes.length);
        assert.ok(next === INCOMPLETE || (next > COMMAND.length && next <= bytes.length));
      } catch (error) {
        assert.ok(error instanceof FormatError);
      }
    }),
  );
});
