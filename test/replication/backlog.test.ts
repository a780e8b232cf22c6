import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Log } from "#tidemark/log/log.js";
import { Backlog, Cursor } from "#tidemark/replication/primary/backlog.js";

const SEGMENT = 256;

class Stream {
  readonly log = new Log(SEGMENT);
  readonly backlog: Backlog;
  /** All that was ever appended. */
  all = "";

  constructor(before = 0) {
    this.log.listen("replicas", true);
    for (let i = 0; i < before; i++) this.append("before");
    this.backlog = new Backlog(this.log, this.log.offset);
  }

  append(text: string): void {
    const bytes = Buffer.from(text);
    this.log.append(-1, bytes, 0, bytes.length);
    this.all += text;
  }

  turn(): void {
    for (let block = this.log.take(); block !== null; block = this.log.take()) this.backlog.add(block);
  }

  /** Everything from the cursor on. */
  read(cursor: Cursor, most = 1000): string {
    let text = "";
    for (let piece = this.piece(cursor, most); piece !== ""; piece = this.piece(cursor, most)) text += piece;
    return text;
  }

  /** What lies in one piece there. */
  piece(cursor: Cursor, most: number): string {
    if (!this.backlog.read(cursor, most)) return "";
    return cursor.bytes.toString("latin1", cursor.start, cursor.end);
  }
}

test("what was appended before the backlog is not in it, even in the same turn", () => {
  const stream = new Stream(2);
  stream.append("first");
  stream.turn();
  assert.equal(stream.backlog.startOffset, 12);
  assert.equal(stream.backlog.endOffset, 17);
  assert.equal(stream.read(new Cursor(12)), "first");
});

test("a cursor at the end goes on when there is more", () => {
  const stream = new Stream();
  const cursor = new Cursor(0);
  stream.append("one");
  stream.turn();
  assert.equal(stream.read(cursor), "one");
  assert.equal(stream.read(cursor), "");
  stream.append("two");
  stream.turn();
  assert.equal(stream.read(cursor), "two");
});

test("at least the size is kept, and nothing that somebody needs is given up", () => {
  const stream = new Stream();
  for (let i = 0; i < 100; i++) {
    stream.append(String(i % 10).repeat(50));
    stream.turn();
  }
  stream.backlog.trim(1000, 300);
  assert.ok(stream.backlog.startOffset <= 300);
  stream.backlog.trim(1000, Number.POSITIVE_INFINITY);
  const { startOffset, endOffset, length } = stream.backlog;
  assert.equal(endOffset, 5000);
  assert.ok(length >= 1000 && length < 1000 + 2 * SEGMENT);
  assert.equal(stream.read(new Cursor(startOffset)), stream.all.slice(startOffset));
});

test("memory that was given up is used again by the log", () => {
  const stream = new Stream();
  for (let i = 0; i < 1000; i++) {
    stream.append("x".repeat(100));
    stream.turn();
    stream.backlog.trim(1000, Number.POSITIVE_INFINITY);
  }
  assert.ok(stream.log.memoryBytes < 20 * SEGMENT);
  stream.backlog.clear();
  assert.equal(stream.backlog.length, 0);
});

test("property: every reader gets every byte, at whatever pace, while the backlog is trimmed", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("append" as const), length: fc.integer({ min: 1, max: 600 }) }),
    fc.record({ kind: fc.constant("turn" as const) }),
    fc.record({
      kind: fc.constant("read" as const),
      reader: fc.nat(2),
      most: fc.integer({ min: 1, max: 400 }),
    }),
    fc.record({ kind: fc.constant("trim" as const), size: fc.integer({ min: 0, max: 2000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const stream = new Stream();
      const readers = [0, 1, 2].map(() => ({ cursor: new Cursor(0), got: "" }));
      let letter = 0;
      for (const action of steps) {
        if (action.kind === "append") {
          stream.append(String.fromCharCode(97 + (letter++ % 26)).repeat(action.length));
        } else if (action.kind === "turn") {
          stream.turn();
        } else if (action.kind === "read") {
          const reader = readers[action.reader]!;
          reader.got += stream.piece(reader.cursor, action.most);
        } else {
          stream.backlog.trim(action.size, Math.min(...readers.map(({ cursor }) => cursor.offset)));
        }
      }
      stream.turn();
      for (const reader of readers) assert.equal(reader.got + stream.read(reader.cursor), stream.all);
    }),
  );
});
