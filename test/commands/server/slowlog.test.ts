import assert from "node:assert/strict";
import { test } from "node:test";
import { sameReplies } from "../../support/compare.js";
import { TidemarkHere } from "../../support/product.js";

sameReplies(
  "SLOWLOG",
  String.raw`
=== its subcommands
CONFIG SET slowlog-log-slower-than 200000
SLOWLOG RESET
SLOWLOG LEN
SLOWLOG GET
DEBUG SLEEP 0.25
SLOWLOG LEN
@1 CLIENT SETNAME somebody
@1 DEBUG SLEEP 0.25
~match "^\\*2\r\n\\*6\r\n:\\d+\r\n:\\d{10}\r\n:\\d{5,}\r\n\\*3\r\n\\$5\r\nDEBUG\r\n\\$5\r\nSLEEP\r\n\\$4\r\n0.25\r\n\\$\\d+\r\n127.0.0.1:\\d+\r\n\\$8\r\nsomebody\r\n\\*6\r\n.*\\$0\r\n\r\n$" SLOWLOG GET
SLOWLOG GET 0
~match "^\\*1\r\n" SLOWLOG GET 1
~match "^\\*2\r\n" SLOWLOG GET -1
~match "^\\*2\r\n" SLOWLOG GET 9223372036854775807
SLOWLOG GET 9223372036854775808
SLOWLOG GET -9223372036854775808
SLOWLOG GET -2
SLOWLOG GET x
SLOWLOG GET 1 2
slowlog get 1 2
SLOWLOG RESET
SLOWLOG LEN
SLOWLOG
SLOWLOG nosuch
SLOWLOG LEN a
=== the directives
CONFIG SET slowlog-log-slower-than 0
SLOWLOG RESET
PING
PING
SLOWLOG LEN
CONFIG SET slowlog-max-len 2
SLOWLOG LEN
CONFIG SET slowlog-max-len 0
SLOWLOG LEN
CONFIG SET slowlog-max-len 128
CONFIG SET slowlog-log-slower-than -1
SLOWLOG RESET
DEBUG SLEEP 0.25
SLOWLOG LEN
=== EXEC itself is not slow, what it runs is
CONFIG SET slowlog-log-slower-than 200000
SLOWLOG RESET
MULTI
DEBUG SLEEP 0.25
EXEC
SLOWLOG LEN
SLOWLOG RESET
`,
);

test("long arguments and long lists of them are cut, passwords are left out", async () => {
  const server = await TidemarkHere.start({ "slowlog-log-slower-than": "0" });
  try {
    const client = await server.client();
    const args = async (...command: (string | number)[]): Promise<unknown> => {
      await client.reply(...command);
      const [entry] = (await client.call("SLOWLOG", "GET", "1")) as unknown[][];
      return entry?.[3];
    };
    assert.deepEqual(await args("SET", "a", "x".repeat(130)), [
      "SET",
      "a",
      `${"x".repeat(128)}... (2 more bytes)`,
    ]);
    const keys = Array.from({ length: 40 }, (_, i) => `key${i}`);
    assert.deepEqual(await args("MGET", ...keys), ["MGET", ...keys.slice(0, 30), "... (10 more arguments)"]);
    assert.deepEqual(await args("AUTH", "secret"), ["AUTH", "(redacted)"]);
    assert.deepEqual(await args("AUTH", "user", "secret"), ["AUTH", "(redacted)", "(redacted)"]);
    assert.deepEqual(await args("HELLO", 2, "AUTH", "default", "secret", "SETNAME", "auth"), [
      "HELLO",
      "2",
      "AUTH",
      "(redacted)",
      "(redacted)",
      "SETNAME",
      "auth",
    ]);
    assert.deepEqual(await args("CONFIG", "SET", "masterauth", "secret", "maxmemory", 0), [
      "CONFIG",
      "SET",
      "masterauth",
      "(redacted)",
      "maxmemory",
      "0",
    ]);
  } finally {
    await server.close();
  }
});
