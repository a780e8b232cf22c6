import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BlockPool, Reply, ReplyBlock, type RespVersion } from "#tidemark/resp/reply.js";
import { parseReply } from "../support/reply.js";

/** Everything that was written and not taken yet. */
function taken(reply: Reply): Buffer {
  const parts: Buffer[] = [];
  for (let block = reply.take(); block !== null; block = reply.take())
    parts.push(block.bytes.subarray(0, block.length));
  return Buffer.concat(parts);
}

function written(version: RespVersion, write: (reply: Reply) => void): string {
  const reply = new Reply(new BlockPool());
  reply.version = version;
  write(reply);
  return taken(reply).toString("latin1");
}

/** What is written, in RESP2 and in RESP3. */
const FORMS: readonly (readonly [string, (reply: Reply) => void, resp2: string, resp3: string])[] = [
  ["ok", (reply) => reply.ok(), "+OK\r\n", "+OK\r\n"],
  ["simple string", (reply) => reply.simple("PONG"), "+PONG\r\n", "+PONG\r\n"],
  ["error", (reply) => reply.error("ERR a\r\nb"), "-ERR a  b\r\n", "-ERR a  b\r\n"],
  ["integer", (reply) => reply.integer(-42), ":-42\r\n", ":-42\r\n"],
  [
    "greatest safe integer",
    (reply) => reply.integer(2 ** 53 - 1),
    ":9007199254740991\r\n",
    ":9007199254740991\r\n",
  ],
  [
    "64-bit integer",
    (reply) => reply.integer64(-(2n ** 63n)),
    ":-9223372036854775808\r\n",
    ":-9223372036854775808\r\n",
  ],
  ["bulk string", (reply) => reply.bulk(Buffer.from("a\r\n\0")), "$4\r\na\r\n\0\r\n", "$4\r\na\r\n\0\r\n"],
  ["part of a buffer", (reply) => reply.bulk(Buffer.from("abcdef"), 2, 4), "$2\r\ncd\r\n", "$2\r\ncd\r\n"],
  ["empty bulk string", (reply) => reply.bulk(Buffer.alloc(0)), "$0\r\n\r\n", "$0\r\n\r\n"],
  ["text", (reply) => reply.text("é"), "$2\r\n\xc3\xa9\r\n", "$2\r\n\xc3\xa9\r\n"],
  ["integer as bulk string", (reply) => reply.bulkInteger(-7), "$2\r\n-7\r\n", "$2\r\n-7\r\n"],
  ["nil", (reply) => reply.nil(), "$-1\r\n", "_\r\n"],
  ["nil array", (reply) => reply.nilArray(), "*-1\r\n", "_\r\n"],
  ["array", (reply) => reply.array(2), "*2\r\n", "*2\r\n"],
  ["map", (reply) => reply.map(2), "*4\r\n", "%2\r\n"],
  ["set", (reply) => reply.set(2), "*2\r\n", "~2\r\n"],
  ["push", (reply) => reply.push(2), "*2\r\n", ">2\r\n"],
  ["attribute", (reply) => reply.attribute(1), "", "|1\r\n"],
  ["double", (reply) => reply.double(0.1), "$3\r\n0.1\r\n", ",0.1\r\n"],
  ["whole double", (reply) => reply.double(3), "$1\r\n3\r\n", ",3\r\n"],
  ["infinite double", (reply) => reply.double(Number.NEGATIVE_INFINITY), "$4\r\n-inf\r\n", ",-inf\r\n"],
  ["boolean", (reply) => reply.boolean(false), ":0\r\n", "#f\r\n"],
  ["big number", (reply) => reply.bigNumber("123"), "$3\r\n123\r\n", "(123\r\n"],
  ["verbatim text", (reply) => reply.verbatim("é"), "$2\r\n\xc3\xa9\r\n", "=6\r\ntxt:\xc3\xa9\r\n"],
  ["markdown", (reply) => reply.verbatim("", "mkd"), "$0\r\n\r\n", "=4\r\nmkd:\r\n"],
  [
    "bulk strings",
    (reply) => reply.texts(["a", ""]),
    "*2\r\n$1\r\na\r\n$0\r\n\r\n",
    "*2\r\n$1\r\na\r\n$0\r\n\r\n",
  ],
  ["lines", (reply) => reply.lines(["a", "b c"]), "*2\r\n+a\r\n+b c\r\n", "*2\r\n+a\r\n+b c\r\n"],
];

for (const [name, write, resp2, resp3] of FORMS)
  test(`${name} in RESP2 and RESP3`, () => {
    assert.equal(written(2, write), resp2);
    assert.equal(written(3, write), resp3);
  });

test("an aggregate that is counted while it is written", () => {
  for (const [kind, head] of [
    ["array", "*2"],
    ["map", "%2"],
    ["set", "~2"],
  ] as const) {
    const bytes = written(3, (reply) => {
      reply.simple("before");
      reply.counted(kind, () => {
        reply.integer(1);
        reply.integer(2);
        return 2;
      });
    });
    assert.equal(bytes, `+before\r\n${head}\r\n:1\r\n:2\r\n`);
  }
});

test("an aggregate that is counted grows the buffer under its head", () => {
  const item = Buffer.alloc(5000, "x");
  const bytes = written(2, (reply) =>
    reply.counted("array", () => {
      for (let i = 0; i < 12; i++) reply.bulk(item);
      return 12;
    }),
  );
  const parsed = parseReply(Buffer.from(bytes, "latin1"), 0);
  assert.equal(parsed?.reply.items.length, 12);
  assert.equal(parsed?.end, bytes.length);
});

test("an aggregate that is counted has its head before it, wherever a block ends", () => {
  for (let before = 65536 - 400; before < 65536 + 10; before += 3) {
    const text = "x".repeat(before);
    const bytes = written(2, (reply) => {
      reply.simple(text);
      reply.counted("array", () => {
        for (let i = 0; i < 20; i++) reply.integer(i);
        return 20;
      });
    });
    const items = Array.from({ length: 20 }, (_, i) => `:${i}\r\n`).join("");
    assert.ok(bytes === `+${text}\r\n*20\r\n${items}`, `behind ${before} bytes`);
  }
});

test("what is written comes out whole, whatever its size and order", () => {
  const part = fc.oneof(
    fc.integer({ min: 0, max: 30000 }).map((length) => Buffer.alloc(length, "v")),
    fc.integer(),
    fc.string({ unit: "grapheme", maxLength: 8000 }).map((text) => text.replace(/[\r\n]/g, "")),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const expected: Buffer[] = [];
      const bytes = written(3, (reply) => {
        for (const one of parts) {
          if (typeof one === "number") {
            reply.integer(one);
            expected.push(Buffer.from(`:${one}\r\n`));
          } else if (typeof one === "string") {
            reply.simple(one);
            expected.push(Buffer.from(`+${one}\r\n`));
          } else {
            reply.bulk(one);
            expected.push(Buffer.concat([Buffer.from(`$${one.length}\r\n`), one, Buffer.from("\r\n")]));
          }
        }
      });
      assert.equal(bytes, Buffer.concat(expected).toString("latin1"));
    }),
  );
});

test("cutTo forgets what came after", () => {
  const bytes = written(2, (reply) => {
    reply.ok();
    const { length } = reply;
    reply.bulk(Buffer.alloc(100_000));
    reply.cutTo(length);
    reply.integer(1);
  });
  assert.equal(bytes, "+OK\r\n:1\r\n");
});

test("blocks come from the pool and go back, but for those that are too large", () => {
  const pool = new BlockPool();
  const reply = new Reply(pool);
  assert.equal(reply.heldBytes, 0);
  assert.equal(reply.take(), null);
  reply.ok();
  const first = reply.take()!;
  assert.equal(reply.length, 0);
  pool.give(first);
  reply.ok();
  assert.equal(reply.take(), first);
  reply.bulk(Buffer.alloc(100_000));
  const large = reply.take()!;
  pool.give(large);
  reply.ok();
  assert.notEqual(reply.take(), large);
});

test("a long reply lies in several blocks, can be cut anywhere, and counts across them", () => {
  const texts = Array.from({ length: 40 }, (_, i) => Buffer.alloc(i * 401, 97 + (i % 26)));
  const whole = Buffer.concat(texts.map((text) => Buffer.from(`$${text.length}\r\n${text}\r\n`)));
  const ends: number[] = [];
  const reply = new Reply(new BlockPool());
  for (const text of texts) {
    reply.bulk(text);
    ends.push(reply.length);
  }
  assert.equal(reply.length, whole.length);
  assert.ok(reply.heldBytes >= whole.length);
  for (const end of ends.reverse()) {
    reply.cutTo(end);
    assert.equal(reply.length, end);
  }
  for (const text of texts.slice(1)) reply.bulk(text);
  assert.equal(reply.length, whole.length);
  assert.deepEqual(taken(reply), whole);
  reply.counted("array", () => {
    for (const text of texts) reply.bulk(text);
    return texts.length;
  });
  assert.deepEqual(taken(reply), Buffer.concat([Buffer.from(`*${texts.length}\r\n`), whole]));
});

test("bytes that are shared stay as they are, whatever is written behind them or taken back", () => {
  const reply = new Reply(new BlockPool());
  const shared = new ReplyBlock(Buffer.from(">1\r\n+x\r\n"), true);
  reply.share(shared);
  assert.equal(reply.take(), shared);
  assert.equal(reply.take(), null);
  reply.share(shared);
  reply.ok();
  reply.share(shared);
  assert.equal(reply.takeCopy().toString(), ">1\r\n+x\r\n+OK\r\n>1\r\n+x\r\n");
  reply.share(shared);
  reply.cutTo(4);
  reply.simple("y");
  assert.equal(reply.takeCopy().toString(), ">1\r\n+y\r\n");
  assert.equal(shared.bytes.toString(), ">1\r\n+x\r\n");
});
