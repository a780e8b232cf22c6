import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LogBlock } from "#tidemark/log/block.js";
import { Log } from "#tidemark/log/log.js";

function enabled(segmentBytes?: number): Log {
  const log = new Log(segmentBytes);
  log.listen("file", true);
  return log;
}

function append(log: Log, db: number, text: string, dbAfter?: number): void {
  const bytes = Buffer.from(`--${text}--`);
  log.append(db, bytes, 2, bytes.length - 2, dbAfter);
}

function text({ bytes, start, end }: LogBlock): string {
  return bytes.toString("latin1", start, end);
}

/** The blocks of the turn. */
function takeAll(log: Log): LogBlock[] {
  const blocks: LogBlock[] = [];
  for (let block = log.take(); block !== null; block = log.take()) blocks.push(block);
  return blocks;
}

/** What the turn has put into the log. */
function turn(log: Log): string {
  return takeAll(log)
    .map((block) => {
      const bytes = text(block);
      log.release(block);
      return bytes;
    })
    .join("");
}

const select = (db: number): string => `*2\r\n$6\r\nSELECT\r\n$${String(db).length}\r\n${db}\r\n`;

test("a database is selected where it changes, and again for a new file", () => {
  const log = enabled();
  append(log, 0, "a");
  append(log, 0, "b");
  append(log, 12, "c");
  assert.equal(turn(log), `${select(0)}ab${select(12)}c`);
  append(log, 12, "d");
  assert.equal(turn(log), "d");
  log.forgetDatabase();
  append(log, 12, "e");
  assert.equal(turn(log), `${select(12)}e`);
});

test("a unit that selects databases itself says where it ends", () => {
  const log = enabled();
  append(log, 0, "unit", 3);
  append(log, 3, "next");
  append(log, 0, "back");
  assert.equal(turn(log), `${select(0)}unitnext${select(0)}back`);
});

test("a block knows its offsets and the database before it", () => {
  const log = enabled();
  assert.equal(log.databaseBeforeNext, -1);
  append(log, 4, "abc");
  assert.equal(log.databaseBeforeNext, -1);
  const [first] = takeAll(log);
  assert.equal(first?.database, -1);
  assert.equal(first?.startOffset, 0);
  assert.equal(first?.endOffset, log.offset);
  assert.equal(log.databaseBeforeNext, 4);
  append(log, 5, "def");
  assert.equal(log.databaseBeforeNext, 4);
  const [second] = takeAll(log);
  assert.equal(second?.database, 4);
  assert.equal(second?.startOffset, first?.endOffset);
  assert.ok(second?.follows(first!));
});

test("while nobody listens nothing is kept and offsets stand still", () => {
  const log = new Log();
  append(log, 0, "a");
  assert.equal(log.offset, 0);
  assert.equal(log.take(), null);
});

test("a turn without writes has no block", () => {
  const log = enabled();
  assert.equal(log.take(), null);
  append(log, 0, "a");
  assert.notEqual(log.take(), null);
  assert.equal(log.take(), null);
});

test("a unit larger than a segment is one block, and its memory is let go", () => {
  const log = enabled(1024);
  const before = log.memoryBytes;
  append(log, 0, "x".repeat(100_000));
  const blocks = takeAll(log);
  assert.equal(blocks.length, 1);
  assert.equal(text(blocks[0]!), select(0) + "x".repeat(100_000));
  append(log, 0, "after");
  log.release(blocks[0]!);
  assert.equal(turn(log), "after");
  assert.ok(log.memoryBytes <= before + 1024, `${log.memoryBytes} bytes are still held`);
});

test("several sinks hold the same bytes until the last one lets go", () => {
  const log = enabled(64);
  append(log, 0, "0123456789");
  const block = log.take()!;
  const expected = text(block);
  log.retain(block);
  log.release(block);
  for (let i = 0; i < 20; i++) {
    append(log, 0, "overwrite!");
    turn(log);
  }
  assert.equal(text(block), expected);
  log.release(block);
});

test("memory goes round: turns whose blocks are released take no more", () => {
  const log = enabled(4096);
  const before = log.memoryBytes;
  const held: LogBlock[] = [];
  for (let i = 0; i < 1000; i++) {
    append(log, i % 3, "value".repeat(10));
    held.push(...takeAll(log));
    if (held.length > 100) log.release(held.shift()!);
  }
  assert.ok(log.memoryBytes <= before + 4 * 4096, `${log.memoryBytes} bytes`);
});

test("memory that was not needed for a while is given back, but for a little", () => {
  const log = enabled(4096);
  const before = log.memoryBytes;
  const held = Array.from({ length: 1000 }, () => {
    append(log, 0, "value".repeat(10));
    return takeAll(log);
  }).flat();
  for (const block of held) log.release(block);
  log.trim();
  log.trim();
  assert.equal(log.memoryBytes, before + 4 * 4096);
});

test("property: blocks are the appended units in order, whatever is held for how long", () => {
  const step = fc.record({
    db: fc.nat(2),
    size: fc.oneof(fc.nat(30), fc.nat(300)),
    take: fc.boolean(),
    release: fc.nat(5),
    forget: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const log = enabled(256);
      const held: { block: LogBlock; bytes: string }[] = [];
      let expected = "";
      let seen = "";
      let db = -1;
      for (const [index, { db: next, size, take, release, forget }] of steps.entries()) {
        if (forget) {
          log.forgetDatabase();
          db = -1;
        }
        const unit = String.fromCharCode(97 + (index % 26)).repeat(size + 1);
        expected += (next === db ? "" : select(next)) + unit;
        db = next;
        append(log, next, unit);
        if (take) {
          for (const block of takeAll(log)) {
            held.push({ block, bytes: text(block) });
            seen += text(block);
            assert.equal(block.endOffset, seen.length);
          }
        }
        for (const { block, bytes } of held) assert.equal(text(block), bytes);
        for (const { block } of held.splice(0, release)) log.release(block);
      }
      seen += turn(log);
      assert.equal(seen, expected);
      assert.equal(log.offset, expected.length);
    }),
    { numRuns: 200 },
  );
});

const relay = (log: Log, db: number, text: string): void => {
  const bytes = Buffer.from(text);
  log.append(db, bytes, 0, bytes.length, undefined, false);
};

test("what only replicas take has blocks of its own", () => {
  const log = enabled();
  log.listen("replicas", true);
  append(log, 0, "write");
  relay(log, -1, "ping");
  append(log, 0, "more");
  const blocks = takeAll(log);
  assert.deepEqual(
    blocks.map((block) => [text(block), block.forFile]),
    [
      [`${select(0)}write`, true],
      ["ping", false],
      ["more", true],
    ],
  );
  assert.equal(blocks.at(-1)?.endOffset, log.offset);
  assert.equal(log.fileOffset, log.offset);
  relay(log, -1, "ping");
  assert.equal(log.fileOffset, log.offset - 4);
});

test("the file gets the change of database that something not for it has caused", () => {
  const log = enabled();
  log.listen("replicas", true);
  append(log, 0, "a");
  relay(log, 3, "publish");
  append(log, 3, "b");
  const forFile = takeAll(log).filter((block) => block.forFile);
  assert.equal(forFile.map(text).join(""), `${select(0)}a${select(3)}b`);
});

test("a unit in two forms ends at one offset, and a reply waits for the file's", () => {
  const log = enabled();
  log.listen("replicas", true);
  append(log, 0, "before");
  const { offset } = log;
  const whole = Buffer.from("effect, message");
  log.append(3, whole, 0, whole.length, 4, Buffer.from("effect"));
  assert.equal(log.fileOffset, log.offset);
  const end = log.offset;
  append(log, 4, "after");
  assert.deepEqual(
    takeAll(log).map((block) => [text(block), block.audience, block.endOffset, block.database]),
    [
      [`${select(0)}before${select(3)}`, "all", offset + select(3).length, -1],
      ["effect", "file", end, 3],
      ["effect, message", "replicas", end, 3],
      ["after", "all", end + 5, 4],
    ],
  );
  log.listen("file", false);
  log.append(4, whole, 0, whole.length, 4, Buffer.from("effect"));
  assert.deepEqual(takeAll(log).map(text), ["effect, message"]);
});

test("beside a primary's stream, what the server itself does is for the file alone and moves no offset", () => {
  const log = enabled();
  log.listen("replicas", true);
  log.follow(true);
  const stream = Buffer.from(`${select(2)}theirs`);
  log.appendStream(stream, 0, stream.length, 2, true);
  const { offset, fileBytes } = log;
  append(log, 2, "same");
  append(log, 5, "other");
  append(log, 2, "wanders", 7);
  relay(log, 2, "publish");
  assert.equal(log.offset, offset);
  assert.equal(log.fileOffset, offset);
  assert.ok(log.fileBytes > fileBytes);
  assert.equal(log.database, 2);
  log.mute(true);
  append(log, 2, "what the stream does is in the stream");
  log.mute(false);
  log.appendStream(stream, 0, stream.length, 2, true);
  assert.deepEqual(
    takeAll(log).map((block) => [text(block), block.audience, block.startOffset, block.endOffset]),
    [
      [`${select(2)}theirs`, "all", 0, offset],
      [`same${select(5)}other${select(2)}wanders${select(2)}`, "file", offset, offset],
      [`${select(2)}theirs`, "all", offset, 2 * offset],
    ],
  );
});

test("a stream that has selected no database yet selects it before it goes on", () => {
  const log = enabled();
  log.follow(true);
  append(log, 4, "own");
  assert.deepEqual(takeAll(log).map(text), [`${select(4)}own`]);
});

test("without replicas nothing is kept for them, and the offset stands still", () => {
  const log = enabled();
  append(log, 0, "a");
  const { offset } = log;
  relay(log, 5, "publish");
  assert.equal(log.offset, offset);
  assert.equal(turn(log), `${select(0)}a`);
});

test("a stream of somebody else is taken as it is and says which database it ends in", () => {
  const log = enabled();
  const bytes = Buffer.from("SELECT 4, SET");
  log.follow(true);
  log.appendStream(bytes, 0, bytes.length, 4, true);
  assert.equal(log.database, 4);
  log.forgetDatabase();
  assert.equal(log.database, 4);
  log.follow(false);
  append(log, 4, "own");
  assert.equal(turn(log), `SELECT 4, SET${select(4)}own`);
});

test("whoever begins to listen learns whether the offset has stood still meanwhile", () => {
  const log = new Log();
  assert.equal(log.listen("file", true), true);
  assert.equal(log.listen("replicas", true), false);
  assert.equal(log.listen("file", false), false);
  assert.equal(log.listen("replicas", false), false);
  assert.equal(log.listen("replicas", true), true);
  log.listen("replicas", false);
  log.startAt(1000);
  assert.equal(log.listen("replicas", true), false);
  assert.equal(log.offset, 1000);
});

test("nothing is logged while a log is being read", () => {
  const log = enabled();
  log.mute(true);
  append(log, 0, "a");
  assert.equal(log.offset, 0);
  log.mute(false);
  append(log, 0, "b");
  assert.equal(turn(log), `${select(0)}b`);
});
