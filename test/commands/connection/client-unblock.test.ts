/** CLIENT UNBLOCK, and what else ends the wait of a blocked client from outside. */

import assert from "node:assert/strict";
import { countBlocked, type Side } from "../../support/compare.js";
import { eventually } from "../../support/condition.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { TidemarkHere } from "../../support/product.js";
import type { Plain, WireClient } from "../../support/wire.js";

const onBoth = (title: string, action: (server: Side) => Promise<void>): void =>
  oracleTest(title, async () => {
    await using oracle = await startOracle();
    await using server = await TidemarkHere.start({});
    await action(oracle);
    await action(server);
  });

/** A connection that waits; what it has sent is `words`. */
async function waiting(
  server: Side,
  admin: WireClient,
  ...words: string[]
): Promise<{ client: WireClient; id: Plain }> {
  const client = await server.client();
  const id = await client.call("CLIENT", "ID");
  const before = await countBlocked(admin);
  client.send(...words);
  await eventually("the client is blocked", async () => (await countBlocked(admin)) > before);
  return { client, id };
}

const raw = async (client: WireClient): Promise<string> => (await client.receive()).raw.toString();

onBoth("CLIENT UNBLOCK ends a wait as if time were over, or with an error", async (server) => {
  using admin = await server.client();
  const unblock = (id: Plain, ...how: string[]): Promise<Plain> =>
    admin.call("CLIENT", "UNBLOCK", String(id), ...how);
  const error = "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n";
  for (const [how, reply] of [
    [[], "*-1\r\n"],
    [["TIMEOUT"], "*-1\r\n"],
    [["error"], error],
  ] as const)
    for (const words of [
      ["BLPOP", "a", "b", "0"],
      ["BLMOVE", "a", "b", "LEFT", "RIGHT", "100"],
      ["BLMPOP", "0", "1", "a", "LEFT"],
      ["BZPOPMIN", "a", "0.5e3"],
    ]) {
      const { client, id } = await waiting(server, admin, ...words);
      client.send("PING");
      assert.equal(await unblock(id, ...how), 1);
      assert.equal(await raw(client), reply, words.join(" "));
      assert.equal(await raw(client), "+PONG\r\n");
      assert.equal(await unblock(id, ...how), 0, "it no longer waits");
      client.close();
    }
  assert.equal(await countBlocked(admin), 0);
  assert.equal(await admin.call("RPUSH", "a", "1"), 1);
  assert.equal(await admin.call("LLEN", "a"), 1, "nobody waits for it");
  await admin.call("DEL", "a");
});

onBoth("CLIENT UNBLOCK of one that is not there or does not wait, and wrong arguments", async (server) => {
  using admin = await server.client();
  const id = String(await admin.call("CLIENT", "ID"));
  assert.equal(await admin.call("CLIENT", "UNBLOCK", id), 0);
  assert.equal(await admin.call("CLIENT", "UNBLOCK", "123456789"), 0);
  assert.equal(await admin.call("CLIENT", "UNBLOCK", "-1", "ERROR"), 0);
  for (const words of [["x"], ["1", "never"], ["1", "ERROR", "2"]])
    await assert.rejects(admin.call("CLIENT", "UNBLOCK", ...words), /ERR /);
});

onBoth("a client that another one unblocks inside a transaction is told after it", async (server) => {
  using admin = await server.client();
  const { client, id } = await waiting(server, admin, "BLPOP", "l", "0");
  await admin.call("MULTI");
  await admin.call("RPUSH", "l", "x");
  await admin.call("CLIENT", "UNBLOCK", String(id));
  await admin.call("LLEN", "l");
  assert.deepEqual(await admin.call("EXEC"), [1, 1, 1]);
  assert.equal(await raw(client), "*-1\r\n");
  assert.equal(await admin.call("LPOP", "l"), "x");
  client.close();
});

onBoth("a client that is killed or goes away while it waits gets nothing", async (server) => {
  using admin = await server.client();
  const killed = await waiting(server, admin, "BLPOP", "l", "0");
  const gone = await waiting(server, admin, "BLPOP", "l", "0");
  const half = await waiting(server, admin, "BLPOP", "l", "0");
  const last = await waiting(server, admin, "BLPOP", "l", "0");
  assert.equal(await admin.call("CLIENT", "KILL", "ID", String(killed.id)), 1);
  await killed.client.closed();
  gone.client.close();
  half.client.end();
  await half.client.closed();
  await eventually("one waits", async () => (await countBlocked(admin)) === 1);
  assert.equal(await admin.call("RPUSH", "l", "x"), 1);
  assert.equal(await raw(last.client), "*2\r\n$1\r\nl\r\n$1\r\nx\r\n");
  assert.equal(await admin.call("EXISTS", "l"), 0);
  last.client.close();
});

onBoth("a client that is killed in the transaction that would have served it", async (server) => {
  using admin = await server.client();
  const { client, id } = await waiting(server, admin, "BLPOP", "l", "0");
  await admin.call("MULTI");
  await admin.call("RPUSH", "l", "x");
  await admin.call("CLIENT", "KILL", "ID", String(id));
  assert.deepEqual(await admin.call("EXEC"), [1, 1]);
  await client.closed();
  assert.equal(await admin.call("LPOP", "l"), "x");
});

onBoth("CLIENT LIST and INFO show who waits", async (server) => {
  using admin = await server.client();
  const first = await waiting(server, admin, "BLPOP", "a", "b", "100");
  const second = await waiting(server, admin, "BZPOPMIN", "b", "0");
  const lines = String(await admin.call("CLIENT", "LIST")).split("\n");
  const line = lines.find((each) => each.startsWith(`id=${first.id} `)) ?? "";
  assert.match(line, / flags=b .* argv-mem=10 .* cmd=blpop /);
  const info = String(await admin.call("INFO", "clients"));
  assert.match(info, /\r\nblocked_clients:2\r\n.*\r\nclients_in_timeout_table:1\r\n/s);
  first.client.close();
  second.client.close();
  await eventually("nobody waits", async () => (await countBlocked(admin)) === 0);
});

onBoth("a pause: who waits is served when it is over, and can be unblocked meanwhile", async (server) => {
  using admin = await server.client();
  const long = await waiting(server, admin, "BLPOP", "l", "0");
  const other = await waiting(server, admin, "BLPOP", "m", "0");
  other.client.send("SET", "late", "1");
  await admin.call("CLIENT", "PAUSE", "100000", "WRITE");
  const pusher = await waiting(server, admin, "RPUSH", "l", "x");
  const held = await waiting(server, admin, "BLPOP", "n", "0");
  assert.equal(await admin.call("CLIENT", "UNBLOCK", String(other.id)), 1);
  assert.equal(await raw(other.client), "*-1\r\n");
  assert.equal(await admin.call("EXISTS", "late", "l"), 0);
  assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
  assert.equal(await raw(pusher.client), ":1\r\n");
  assert.equal(await raw(long.client), "*2\r\n$1\r\nl\r\n$1\r\nx\r\n");
  assert.equal(await raw(other.client), "+OK\r\n");
  await admin.call("RPUSH", "n", "y");
  assert.equal(await raw(held.client), "*2\r\n$1\r\nn\r\n$1\r\ny\r\n");
  for (const { client } of [long, other, pusher, held]) client.close();
  await admin.call("FLUSHALL");
});
