/** Bad input on the socket. Where redis-server has an answer, ours is the same bytes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { sameReplies } from "../support/compare.js";
import { eventually } from "../support/condition.js";
import { TidemarkHere } from "../support/product.js";
import { encodeCommand } from "../support/wire.js";

sameReplies(
  "protocol errors and what comes after them",
  String.raw`
=== a multibulk count that is no number
@1 ~raw "*x\r\n"
@1 ~closed
=== a multibulk count that is too large
@1 ~raw "*2147483648\r\n"
@1 ~closed
=== a multibulk count far beyond a 64-bit integer
@1 ~raw "*99999999999999999999\r\n"
@1 ~closed
=== counts of zero and below are skipped
@1 ~raw "*0\r\n*-5\r\n*1\r\n$4\r\nPING\r\n"
=== something else where a bulk belongs
@1 ~raw "*1\r\n:4\r\nPING\r\n"
@1 ~closed
=== a bulk length that is no number
@1 ~raw "*1\r\n$x\r\nPING\r\n"
@1 ~closed
=== a negative bulk length
@1 ~raw "*1\r\n$-1\r\nPING\r\n"
@1 ~closed
=== a bulk length beyond proto-max-bulk-len
@1 ~raw "*2\r\n$4\r\nECHO\r\n$536870913\r\n"
@1 ~closed
=== a first line that never ends
@1 ~raw "*1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111\r\n"
@1 ~closed
=== commands before the error are answered
@1 ~raw ~replies 3 "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n*1\r\n!\r\n"
@1 ~closed
`,
);

sameReplies(
  "inline commands",
  String.raw`
~raw "PING\r\n"
~raw "PING\n"
~raw "  PING   hello  \r\n"
~raw "ECHO \"a b\\x41\\n\"\r\n"
~raw "ECHO 'it\\'s'\r\n"
~raw "SET key \"\"\r\n"
~raw "GET key\r\n"
~raw "\r\n\r\nPING\r\n"
~raw "NOSUCH a b\r\n"
~raw "get\r\n"
=== quotes that do not balance
@1 ~raw "ECHO \"a\r\n"
@1 ~closed
=== text right after a closing quote
@1 ~raw "ECHO \"a\"b\r\n"
@1 ~closed
`,
);

sameReplies(
  "commands that do not exist",
  String.raw`
NOSUCH
nosuch a "b\r\nc" "\x00\xff"
"" x
"\x00"
NOSUCH aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b c
NOSUCH 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50
GET
GET a b
PING a b
`,
);

const PIPELINE = Buffer.concat([
  encodeCommand(["SET", "key", Buffer.from("a\r\nb\0\xff", "latin1")]),
  encodeCommand(["GET", "key"]),
  Buffer.from("ECHO inline\r\n"),
  encodeCommand(["GET"]),
  encodeCommand(["PING"]),
]);
const REPLIES = Buffer.concat([
  Buffer.from("+OK\r\n$6\r\na\r\nb\0\xff\r\n", "latin1"),
  Buffer.from("$6\r\ninline\r\n-ERR wrong number of arguments for 'get' command\r\n+PONG\r\n"),
]);

test("a pipeline may be cut at any byte", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  using other = await server.client();
  for (let cut = 1; cut < PIPELINE.length; cut++) {
    client.sendRaw(PIPELINE.subarray(0, cut));
    // Another connection's answer shows that the server has been through its sockets meanwhile.
    await other.call("PING");
    client.sendRaw(PIPELINE.subarray(cut));
    const replies: Buffer[] = [];
    for (let left = 5; left > 0; left--) replies.push((await client.receive()).raw);
    assert.deepEqual(Buffer.concat(replies), REPLIES, `cut at ${cut}`);
  }
});

test("a pipeline may come byte by byte", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  for (const byte of PIPELINE) {
    client.sendRaw(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const replies: Buffer[] = [];
  for (let left = 5; left > 0; left--) replies.push((await client.receive()).raw);
  assert.deepEqual(Buffer.concat(replies), REPLIES);
});

test("half a command does nothing and holds nobody up", async () => {
  await using server = await TidemarkHere.start();
  const half = await server.client();
  half.sendRaw("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$100\r\nbegun");
  using client = await server.client();
  assert.equal(await client.call("PING"), "PONG");
  half.close();
  await eventually("the half client is gone", async () =>
    /connected_clients:1\r/.test(String(await client.call("INFO", "clients"))),
  );
  assert.equal(await client.call("EXISTS", "key"), 0);
});

test("a client that half-closes still gets its replies", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  client.sendRaw(Buffer.concat(Array.from({ length: 1000 }, () => encodeCommand(["PING"]))));
  client.end();
  for (let left = 1000; left > 0; left--) assert.equal((await client.receive()).value, "PONG");
});

test("a client that never reads is closed at the output buffer's hard limit", async () => {
  await using server = await TidemarkHere.start({ "client-output-buffer-limit": "normal 1mb 0 0" });
  using other = await server.client();
  await other.call("SET", "big", Buffer.alloc(100_000, "x"));
  using deaf = await server.client();
  deaf.pause();
  deaf.sendRaw(Buffer.concat(Array.from({ length: 400 }, () => encodeCommand(["GET", "big"]))));
  await eventually("it is disconnected", async () =>
    /connected_clients:1\r/.test(String(await other.call("INFO", "clients"))),
  );
  assert.equal(await other.call("PING"), "PONG");
});

test("an argument that was announced and does not come takes no memory", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  const before = process.memoryUsage.rss();
  const waiting = await Promise.all(Array.from({ length: 20 }, () => server.client()));
  for (const one of waiting) one.sendRaw("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$536870912\r\n");
  for (const one of waiting) one.sendRaw("*");
  assert.equal(await client.call("PING"), "PONG");
  assert.ok(process.memoryUsage.rss() - before < 1024 ** 3, "twenty times 512 MB were not set aside");
  for (const one of waiting) one.close();
});

test("an argument of many megabytes arrives whole", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client({ timeoutMs: 30_000 });
  const value = Buffer.alloc(20_000_000, "0123456789abcdef");
  assert.equal(await client.call("SET", "big", value), "OK");
  const { raw } = await client.reply("GET", "big");
  assert.ok(raw.subarray(raw.indexOf("\n") + 1, -2).equals(value));
});

test("a command of 100,000 arguments is taken, one with too many is refused", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  const keys = Array.from({ length: 100_000 }, (_, index) => `key:${index}`);
  client.sendRaw(encodeCommand(["DEL", ...keys]));
  assert.equal((await client.receive()).value, 0);
  const refused = await server.client();
  refused.sendRaw("*2147483648\r\n");
  assert.equal((await refused.receive()).value, "ERR Protocol error: invalid multibulk length");
  await refused.closed();
});

test("a client that half-closes also gets the replies that wait for the disk", async () => {
  await using server = await TidemarkHere.start({ appendonly: "yes", appendfsync: "always" });
  const asking = await server.client();
  asking.sendRaw("SET key value\r\nGET key\r\n");
  asking.end();
  assert.equal((await asking.receive()).value, "OK");
  assert.equal((await asking.receive()).value, "value");
  await asking.closed();
});

test("a client that half-closes while it waits takes nothing away", async () => {
  await using server = await TidemarkHere.start({});
  const waiting = await server.client();
  waiting.sendRaw("BLPOP list 0\r\n");
  waiting.end();
  await waiting.closed();
  using client = await server.client();
  assert.equal(await client.call("RPUSH", "list", "element"), 1);
  assert.equal(await client.call("LLEN", "list"), 1);
});
