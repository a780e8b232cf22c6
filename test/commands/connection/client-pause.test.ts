import assert from "node:assert/strict";
import { sameReplies } from "../../support/compare.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { TidemarkHere } from "../../support/product.js";
import type { WireClient } from "../../support/wire.js";

sameReplies(
  "CLIENT PAUSE and UNPAUSE: arguments",
  String.raw`
CLIENT PAUSE
CLIENT PAUSE x
CLIENT PAUSE x nonsense
CLIENT PAUSE -1
CLIENT PAUSE 1.5
CLIENT PAUSE 99999999999999999999
CLIENT PAUSE 1 nonsense
CLIENT PAUSE 1 all x
~7.2 "7.0 lets the sum overflow" "-ERR timeout is out of range\r\n" CLIENT PAUSE 9223372036854775807
CLIENT PAUSE 0
CLIENT PAUSE 0 WRITE
CLIENT UNPAUSE x
CLIENT UNPAUSE
`,
  { digest: false, protocols: [2] },
);

interface Server {
  client(): Promise<WireClient>;
}

const onBoth = (title: string, action: (server: Server) => Promise<void>): void =>
  oracleTest(title, async () => {
    await using oracle = await startOracle();
    await using server = await TidemarkHere.start({});
    await action(oracle);
    await action(server);
  });

/** Whether the next reply is still missing after a while. */
async function waits(client: WireClient): Promise<boolean> {
  return client.receive(60).then(
    () => false,
    () => true,
  );
}

onBoth(
  "a pause of writes holds writes, not reads, and UNPAUSE lets them go on in their order",
  async (server) => {
    using admin = await server.client();
    using client = await server.client();
    await admin.call("CLIENT", "PAUSE", "100000", "WRITE");
    assert.equal(await client.call("GET", "key"), null);
    client.send("APPEND", "key", "a");
    client.send("APPEND", "key", "b");
    client.send("GET", "key");
    assert.ok(await waits(client));
    assert.match(String(await admin.call("CLIENT", "LIST")), / flags=b .* cmd=append /);
    assert.equal(await admin.call("GET", "key"), null);
    await admin.call("CLIENT", "UNPAUSE");
    const replies = [await client.receive(), await client.receive(), await client.receive()];
    assert.deepEqual(
      replies.map(({ value }) => value),
      [1, 2, "ab"],
    );
    await admin.call("DEL", "key");
  },
);

onBoth("a pause of writes holds EXEC with a write and the queueing of a write", async (server) => {
  using admin = await server.client();
  using reader = await server.client();
  using writer = await server.client();
  using late = await server.client();
  await writer.call("MULTI");
  await writer.call("SET", "key", "1");
  await reader.call("MULTI");
  await reader.call("GET", "key");
  await late.call("MULTI");
  await admin.call("CLIENT", "PAUSE", "100000", "WRITE");
  assert.deepEqual(await reader.call("EXEC"), [null]);
  writer.send("EXEC");
  late.send("SET", "key", "2");
  assert.ok((await waits(writer)) && (await waits(late)));
  await admin.call("CLIENT", "UNPAUSE");
  assert.deepEqual((await writer.receive()).value, ["OK"]);
  assert.equal((await late.receive()).value, "QUEUED");
  await late.call("DISCARD");
  await admin.call("DEL", "key");
});

onBoth("a pause of all holds every command until its time is over", async (server) => {
  using admin = await server.client();
  using client = await server.client();
  using broken = await server.client();
  await admin.call("CLIENT", "PAUSE", "300", "ALL");
  // A pause that is running is not made shorter or weaker by another.
  client.send("PING");
  admin.send("CLIENT", "UNPAUSE");
  broken.sendRaw("*1\r\n$4\r\nPING\r\nnonsense\r\n");
  assert.ok((await waits(client)) && (await waits(admin)));
  assert.equal((await client.receive()).value, "PONG");
  assert.equal((await admin.receive()).value, "OK");
  assert.equal((await broken.receive()).value, "PONG");
  assert.match(String((await broken.receive()).value), /unknown command 'nonsense'/);
});

// Not on redis-server, which 7.0 ends with a panic when such a client is unblocked.
oracleTest("a client that goes away while it is held is forgotten", async () => {
  await using server = await TidemarkHere.start({});
  using admin = await server.client();
  const client = await server.client();
  const id = await client.call("CLIENT", "ID");
  await admin.call("CLIENT", "PAUSE", "100000", "WRITE");
  client.send("SET", "key", "1");
  assert.ok(await waits(client));
  assert.equal(await admin.call("CLIENT", "UNBLOCK", String(id)), 0);
  assert.equal(await admin.call("CLIENT", "KILL", "ID", String(id)), 1);
  await client.closed();
  await admin.call("CLIENT", "UNPAUSE");
  assert.equal(await admin.call("GET", "key"), null);
});

sameReplies(
  "what a pause has held goes on in its order",
  String.raw`
@1 PING
@2 PING
CLIENT PAUSE 100000 WRITE
@2 ~block RPUSH l 2
@1 ~block RPUSH l 1
@2 ~silent RPUSH l 4
@3 ~block RPUSH l 3
@1 ~silent GET none
CLIENT UNPAUSE
@1 ~read
@1 ~read
@2 ~read
@2 ~ignore ~read
@3 ~ignore ~read
LRANGE l 0 1
`,
  { digest: false },
);

onBoth("what has expired during a pause is gone for the first write behind it", async (server) => {
  using client = await server.client();
  await client.call("DEBUG", "PAUSE-CRON", "1");
  await client.call("SET", "key", "value", "PX", "1");
  await client.call("CLIENT", "PAUSE", "20", "WRITE");
  while ((await client.call("EXISTS", "key")) === 1);
  const until = Date.now() + 40;
  while (Date.now() < until) await client.call("PING");
  assert.equal(await client.call("RPUSH", "key", "a"), 1);
  assert.equal(await client.call("DBSIZE"), 1);
  assert.deepEqual(await client.call("LRANGE", "key", "0", "-1"), ["a"]);
  assert.equal(await client.call("DEL", "key"), 1);
  assert.equal(await client.call("DBSIZE"), 0);
  await client.call("DEBUG", "PAUSE-CRON", "0");
});
