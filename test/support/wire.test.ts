import assert from "node:assert/strict";
import { test } from "node:test";
import { oracleTest, startOracle } from "./oracle.js";
import { parseReply } from "./reply.js";
import { ReplyError } from "./wire.js";

const EVERY_KIND = [
  "+OK\r\n",
  "-ERR no\r\n",
  ":12\r\n",
  ":9223372036854775807\r\n",
  "$5\r\nhe\r\no\r\n",
  "$-1\r\n",
  "*-1\r\n",
  "*2\r\n:1\r\n*1\r\n$0\r\n\r\n",
  "_\r\n",
  "#t\r\n",
  ",1.5\r\n",
  ",inf\r\n",
  "(123456789012345678901234567890\r\n",
  "!3\r\nERR\r\n",
  "=7\r\ntxt:abc\r\n",
  "%1\r\n+a\r\n~2\r\n:1\r\n:2\r\n",
  ">2\r\n+a\r\n+b\r\n",
  "|1\r\n+ttl\r\n:3\r\n*1\r\n+x\r\n",
];

test("a reply is found whatever its kind, and only when it is whole", () => {
  for (const text of EVERY_KIND) {
    const bytes = Buffer.from(`${text}rest`);
    for (let length = 0; length < text.length; length++)
      assert.equal(
        parseReply(bytes.subarray(0, length), 0),
        null,
        `${JSON.stringify(text)} cut at ${length}`,
      );
    const parsed = parseReply(bytes, 0);
    assert.equal(parsed?.end, text.length);
    assert.equal(parsed?.reply.raw.toString(), text);
  }
});

test("values are JavaScript's own", () => {
  const value = (text: string): unknown => parseReply(Buffer.from(text), 0)?.reply.value;
  assert.equal(value(":9223372036854775807\r\n"), 9223372036854775807n);
  assert.equal(value("=7\r\ntxt:abc\r\n"), "abc");
  assert.deepEqual(value("%1\r\n+a\r\n~2\r\n:1\r\n:2\r\n"), new Map([["a", new Set([1, 2])]]));
  assert.deepEqual(value("|1\r\n+ttl\r\n:3\r\n*1\r\n+x\r\n"), ["x"]);
});

oracleTest("the client talks to redis-server", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  assert.equal(await client.call("SET", "key", Buffer.from([0, 13, 10, 255])), "OK");
  assert.deepEqual((await client.reply("GET", "key")).raw, Buffer.from("$4\r\n\0\r\n\xff\r\n", "latin1"));
  await assert.rejects(client.call("INCR", "key"), ReplyError);
  const replies = await client.pipeline([["PING"], ["ECHO", "x".repeat(200_000)], ["DBSIZE"]]);
  assert.deepEqual(
    replies.map((reply) => reply.type),
    ["+", "$", ":"],
  );
  await client.call("HELLO", 3);
  client.send("SUBSCRIBE", "news");
  assert.equal((await client.receive()).type, ">");
  await assert.rejects(client.receive(20), /No reply within 20 ms \(last sent: .*SUBSCRIBE/);
  await oracle.kill();
  await assert.rejects(client.receive(), /closed the connection/);
});
