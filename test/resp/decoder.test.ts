import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DecoderLimits, RequestDecoder } from "#tidemark/resp/decoder.js";
import { encodeCommand } from "#tidemark/resp/request.js";
import { sameReplies } from "../support/compare.js";

const FRIEND: DecoderLimits = { bulkBytesMax: 512 * 1024 * 1024, authenticated: true };
const STRANGER: DecoderLimits = { ...FRIEND, authenticated: false };

/** A command as the decoder gave it: its arguments, and the bytes that would go into the log. */
interface Decoded {
  readonly args: readonly Buffer[];
  readonly bytes: Buffer;
}

/** Reads as a connection does: through one buffer, which is overwritten after each read. */
class Reader {
  readonly decoder: RequestDecoder;
  readonly commands: Decoded[] = [];
  private readonly shared = Buffer.alloc(64 * 1024);

  constructor(limits: DecoderLimits = FRIEND) {
    this.decoder = new RequestDecoder(limits);
  }

  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += this.shared.length) this.readPiece(chunk.subarray(at));
  }

  private readPiece(chunk: Buffer): void {
    const length = chunk.copy(this.shared);
    this.decoder.feed(this.shared, 0, length);
    const { request } = this.decoder;
    while (this.decoder.next()) {
      const args = Array.from({ length: request.argc }, (_, at) => Buffer.from(request.view(at)));
      this.commands.push({ args, bytes: Buffer.from(request.bytes.subarray(request.start, request.end)) });
    }
    this.decoder.settle();
    this.shared.fill(0x2a);
  }
}

function decode(bytes: Buffer | string, limits: DecoderLimits = FRIEND): readonly string[][] {
  const reader = new Reader(limits);
  reader.read(Buffer.from(bytes as string, "latin1"));
  return reader.commands.map(({ args }) => args.map((arg) => arg.toString("latin1")));
}

function errorOf(bytes: Buffer | string, limits: DecoderLimits = FRIEND): string {
  try {
    decode(bytes, limits);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

// ---- any split of the bytes ----

/** A piece of a stream, and the command that it is; null for bytes that are none. */
interface Piece {
  readonly bytes: Buffer;
  readonly args: readonly Buffer[] | null;
}

const arbitraryArgument = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.constantFrom("\r\n", "$1\r\n", "*1\r\n", "").map((text) => Buffer.from(text)),
  fc.integer({ min: 100, max: 40000 }).map((length) => Buffer.alloc(length, "x")),
);
const arbitraryArguments = fc
  .array(arbitraryArgument, { minLength: 1, maxLength: 20 })
  .map((args) => args.map((arg) => Buffer.from(arg)));

const arbitraryPiece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 6, arbitrary: arbitraryArguments.map((args) => ({ bytes: encodeCommand(args), args })) },
  {
    weight: 2,
    arbitrary: arbitraryArguments.map((args) => ({
      bytes: Buffer.from(encodeCommand(args).toString("latin1").replace(/\r\n$/, "xy"), "latin1"),
      args,
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.stringMatching(/^[a-z0-9:$]{1,20}$/), { minLength: 1, maxLength: 4 })
      .map((words) => ({
        bytes: Buffer.from(`${words.join(" ")}\r\n`),
        args: words.map((word) => Buffer.from(word)),
      })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("\r\n", "\n", "   \r\n", "*0\r\n", "*-1\r\n")
      .map((text) => ({ bytes: Buffer.from(text), args: null })),
  },
);

/** Cuts into chunks whose lengths the numbers give, again and again. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = lengths[chunks.length % lengths.length] as number;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

test("the commands are the same however the bytes are cut, and their bytes are canonical", () => {
  const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 90000 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.array(arbitraryPiece, { maxLength: 12 }), lengths, (pieces, sizes) => {
      const reader = new Reader();
      for (const chunk of cut(Buffer.concat(pieces.map(({ bytes }) => bytes)), sizes)) reader.read(chunk);
      const expected = pieces.flatMap(({ args }) => (args === null ? [] : [args]));
      assert.deepEqual(
        reader.commands,
        expected.map((args) => ({ args, bytes: encodeCommand(args) })),
      );
      assert.equal(reader.decoder.waiting, 0);
    }),
    { numRuns: 150 },
  );
});

test("one byte at a time", () => {
  const commands = [["SET", "key", "a\r\nb"], [""], ["GET", "\xff\0"]];
  const bytes = Buffer.concat(
    commands.map((args) => encodeCommand(args.map((arg) => Buffer.from(arg, "latin1")))),
  );
  const reader = new Reader();
  for (const chunk of cut(Buffer.concat([bytes, Buffer.from("PING 'a b'\r\n")]), [1])) reader.read(chunk);
  assert.deepEqual(
    reader.commands.map(({ args }) => args.map((arg) => arg.toString("latin1"))),
    [...commands, ["PING", "a b"]],
  );
});

test("a long pipeline in one piece", () => {
  const one = encodeCommand(["SET", "key", "value"]);
  const reader = new Reader();
  reader.read(Buffer.concat(Array.from({ length: 100_000 }, () => one)));
  assert.equal(reader.commands.length, 100_000);
  assert.ok(reader.commands.every(({ bytes }) => bytes.equals(one)));
  assert.ok(reader.decoder.ownBytes <= 256 * 1024, `${reader.decoder.ownBytes} bytes are kept`);
});

test("many arguments", () => {
  const args = Array.from({ length: 100_000 }, (_, at) => String(at));
  assert.deepEqual(decode(encodeCommand(args)), [args]);
});

// ---- memory ----

test("an announced bulk string is not reserved before it comes", () => {
  const reader = new Reader();
  reader.read(Buffer.from("*2\r\n$4\r\nECHO\r\n$536870912\r\n"));
  assert.ok(reader.decoder.ownBytes <= 2 * 1024 * 1024, `${reader.decoder.ownBytes} bytes are reserved`);
  const chunk = Buffer.alloc(64 * 1024);
  for (let arrived = 0; arrived < 8; arrived++) reader.read(chunk);
  assert.ok(reader.decoder.ownBytes <= 8 * 1024 * 1024);
});

test("a big bulk string arrives whole, and its buffer is let go", () => {
  const value = Buffer.alloc(20 * 1024 * 1024, "value ");
  const reader = new Reader();
  reader.read(encodeCommand(["SET", "key", value]));
  assert.ok(reader.commands[0]?.args[2]?.equals(value));
  reader.read(encodeCommand(["PING"]));
  assert.equal(reader.decoder.ownBytes, 0);
});

test("bytes of arguments that are there already count as waiting", () => {
  const reader = new Reader();
  const half = Buffer.from("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nval");
  reader.read(half);
  assert.equal(reader.decoder.waiting, half.length);
});

// ---- limits ----

test("lines of 64 KB are the longest", () => {
  const most = 64 * 1024;
  assert.equal(errorOf("a".repeat(most)), "");
  assert.equal(errorOf("a".repeat(most + 1)), "too big inline request");
  assert.equal(errorOf(`*${"1".repeat(most - 1)}`), "");
  assert.equal(errorOf(`*${"1".repeat(most)}`), "too big mbulk count string");
  assert.equal(errorOf(`*1\r\n$${"1".repeat(most - 1)}`), "");
  assert.equal(errorOf(`*1\r\n$${"1".repeat(most)}`), "too big bulk count string");
});

test("a stranger may send ten arguments of 16 KB", () => {
  const long = "x".repeat(16384);
  assert.equal(decode(encodeCommand(Array.from({ length: 10 }, () => long)), STRANGER)[0]?.length, 10);
  assert.equal(errorOf("*11\r\n", STRANGER), "unauthenticated multibulk length");
  assert.equal(errorOf("*1\r\n$16385\r\n", STRANGER), "unauthenticated bulk length");
  assert.equal(errorOf("*1\r\n$16384\r\n", STRANGER), "");
});

test("proto-max-bulk-len is the longest bulk string", () => {
  const limits = { ...FRIEND, bulkBytesMax: 1024 * 1024 };
  assert.equal(errorOf("*1\r\n$1048577\r\n", limits), "invalid bulk length");
  assert.equal(errorOf("*1\r\n$1048576\r\n", limits), "");
});

// ---- the same on redis-server ----

sameReplies(
  "protocol errors",
  String.raw`
=== a line that is no bulk string
~raw "*1\r\n!\r\n"
~closed
=== an empty line in its place
~raw "*1\r\n\r\n"
~closed
=== it is looked at once the line is whole
~silent ~raw "*2\r\n$4\r\nPING\r\n!"
~raw "x\r\n"
~closed
=== no length
~raw "*1\r\n$\r\n"
~closed
=== a negative length
~raw "*1\r\n$-1\r\n"
~closed
=== no number
~raw "*1\r\n$x\r\n"
~closed
=== a leading zero
~raw "*1\r\n$04\r\nPING\r\n"
~closed
=== a plus sign
~raw "*1\r\n$+4\r\nPING\r\n"
~closed
=== a space
~raw "*1\r\n$ 4\r\nPING\r\n"
~closed
=== one byte more than 512 MB
~raw "*1\r\n$536870913\r\n"
~closed
=== more than 64 bits
~raw "*1\r\n$99999999999999999999\r\n"
~closed
=== no count
~raw "*\r\n"
~closed
=== a count that is no number
~raw "*x\r\n"
~closed
=== a count with a leading zero
~raw "*01\r\n$4\r\nPING\r\n"
~closed
=== a count of minus zero
~raw "*-0\r\n"
~closed
=== a count above 2^31
~raw "*2147483648\r\n"
~closed
=== a count below 64 bits
~raw "*-9223372036854775809\r\n"
~closed
=== a line that ends with LF alone
~raw "*1\n$4\r\nPING\r\n"
~closed
=== a byte is missing
~raw "*1\r$4\r\nPING\r\n"
~closed
=== unbalanced quotes
~raw "PING \"a\r\n"
~closed
=== a quote in the middle
~raw "PING \"a\"b\r\n"
~closed
=== a single quote in the middle
~raw "PING 'a'b\r\n"
~closed
=== an escape at the end
~raw "PING \"abc\\\r\n"
~closed
=== what came before is answered, what comes after is not
~replies 2 ~raw "PING\r\n*1\r\n!\r\nPING\r\n"
~closed
`,
  { digest: false, protocols: [2] },
);

sameReplies(
  "odd but accepted",
  String.raw`
=== counts that ask for nothing
~raw "*0\r\nPING\r\n"
~raw "*-1\r\nPING\r\n"
~raw "*-9223372036854775808\r\nPING\r\n"
=== anything in the place of line ends
~raw "*1\rx$4\r\nPING\r\n"
~raw "*1\r\n$4\rxPING\r\n"
~raw "*1\r\n$4\r\nPINGxx"
~replies 2 ~raw "*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n"
=== empty arguments
~raw "*1\r\n$0\r\n\r\n"
~raw "*2\r\n$0\r\n\r\n$1\r\na\r\n"
=== inline
~raw "\r\n\r\nPING\r\n"
~raw "   \r\n\nPING\n"
~raw "  PING   a  \r\n"
~raw "PING 'a\\'b'\r\n"
~raw "PING '\\x41\\n'\r\n"
~raw "PING \"\\x41\\n\\q\\xzz\\\"\"\r\n"
~raw "PING a\"b c\"\r\n"
~raw "PING \"\"\r\n"
~raw "PING ''\r\n"
~raw "PING a\r\r\n"
~raw "PING a\rb\r\n"
~raw "PING\x0b\x0ca\r\n"
~raw "\x0bPING \x0ca\r\n"
~raw "PING \"a\"\x0b\r\n"
~raw "PING\ta\r\n"
~replies 2 ~raw "$4\r\nPING\r\n"
~silent ~raw "PI"
~silent ~raw "NG a"
~raw "\r\n"
=== HTTP
~silent ~raw "POST / HTTP/1.1\r\nPING\r\n\r\n"
~closed
=== HTTP with a command for a method
~silent ~raw "GET / HTTP/1.1\r\nHost: localhost\r\nPING\r\n\r\n"
~closed
=== as an array
~silent post x
~closed
`,
  { digest: false, protocols: [2] },
);
