import assert from "node:assert/strict";
import { test } from "node:test";
import { sameReplies } from "../../support/compare.js";
import { TidemarkHere } from "../../support/product.js";

const LINE = String.raw`^\\+\\d{10}\\.\\d{6} \\[0 127\\.0\\.0\\.1:\\d+\\] `;

sameReplies(
  "MONITOR",
  String.raw`
=== shows what others run
@1 PING
MONITOR
@1 SET a "1 \x00\"\xff"
~match "${LINE}\"SET\" \"a\" \"1 \\\\x00\\\\\"\\\\xff\"\r\n$" ~read
@1 get a
~match "${LINE}\"get\" \"a\"\r\n$" ~read
@1 AUTH secret
~match "${LINE}\"AUTH\" \"\\(redacted\\)\"\r\n$" ~read
@1 CONFIG GET maxmemory
@1 nosuch
@1 GET
@1 MULTI
~match "\"MULTI\"" ~read
@1 GET a
@1 EXEC
~match "\"GET\" \"a\"" ~read
~match "\"EXEC\"" ~read
@1 SELECT 3
~match "^\\+\\d+\\.\\d+ \\[3 .*\"SELECT\" \"3\"" ~read
=== may not touch the keyspace itself
MONITOR
GET a
SET a 1
DBSIZE
KEYS *
FLUSHALL
PING
~match "\"PING\"" ~read
~silent MONITOR
ECHO x
~match "\"ECHO\" \"x\"" ~read
RESET
GET a
=== is not for transactions
MULTI
MONITOR
EXEC
MONITOR x
`,
);

test("a monitor sees what the others do to the moment, and stops with its connection", async () => {
  const server = await TidemarkHere.start();
  try {
    const monitor = await server.client();
    const client = await server.client();
    await monitor.call("MONITOR");
    const before = Date.now() / 1000;
    await client.call("PING");
    const line = String((await monitor.receive()).value);
    const time = Number(line.split(" ")[0]);
    assert.ok(Math.abs(time - before) < 1);
    monitor.close();
    assert.equal(await client.call("PING"), "PONG");
  } finally {
    await server.close();
  }
});
