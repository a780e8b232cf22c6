/** Who is let in and who is put out: maxclients, timeout, maxmemory-clients, a port that moves, several servers. */

import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { Tidemark } from "#tidemark/index.js";
import { eventually } from "../support/condition.js";
import { freePort } from "../support/directory.js";
import { TidemarkHere } from "../support/product.js";
import { WireClient } from "../support/wire.js";

test("one client too many is told so and closed", async () => {
  await using server = await TidemarkHere.start({ maxclients: "2" });
  const clients = [await server.client(), await server.client()];
  for (const client of clients) assert.equal(await client.call("PING"), "PONG");
  const third = await server.client();
  assert.equal((await third.receive()).raw.toString(), "-ERR max number of clients reached\r\n");
  await third.closed();
  assert.match(String(await clients[0]!.call("INFO", "stats")), /rejected_connections:1\r/);
  clients[1]!.close();
  await eventually("there is room again", async () => {
    const client = await server.client();
    client.send("PING");
    const answer = (await client.receive()).raw.toString();
    client.close();
    return answer === "+PONG\r\n";
  });
  clients[0]!.close();
});

test("a client that is silent for longer than timeout is closed, one in MONITOR is not", async () => {
  await using server = await TidemarkHere.start({ timeout: "1" });
  const silent = await server.client();
  const monitor = await server.client();
  await monitor.call("MONITOR");
  await silent.call("PING");
  await silent.closed();
  const other = await server.client();
  assert.match(String(await other.call("CLIENT", "LIST")), /flags=O/);
  other.close();
  monitor.close();
});

test("maxmemory-clients puts out the client that takes most, unless it asked to stay", async () => {
  await using server = await TidemarkHere.start({ "maxmemory-clients": "300kb" });
  const large = await server.client();
  const stays = await server.client();
  const small = await server.client();
  assert.equal(await stays.call("CLIENT", "NO-EVICT", "ON"), "OK");
  await small.call("PING");
  large.sendRaw(`*2\r\n$4\r\nECHO\r\n$2000000\r\n${"x".repeat(600_000)}`);
  await large.closed();
  assert.match(String(await small.call("INFO", "stats")), /evicted_clients:1\r/);
  small.close();
  stays.close();
});

test("CONFIG SET port moves the server; who is connected stays", async () => {
  await using server = await TidemarkHere.start({ bind: "127.0.0.1" });
  const client = await server.client();
  const port = await freePort();
  await client.call("CONFIG", "SET", "port", String(port));
  await eventually("the new port answers", async () => {
    try {
      const moved = await WireClient.connect({ port });
      moved.close();
      return true;
    } catch {
      return false;
    }
  });
  assert.equal(await client.call("PING"), "PONG");
  client.close();
});

test("CONFIG SET of a port or an address that cannot be had changes nothing", async () => {
  await using server = await TidemarkHere.start({ bind: "127.0.0.1" });
  await using other = await TidemarkHere.start({ bind: "127.0.0.1" });
  using client = await server.client();
  await assert.rejects(
    client.call("CONFIG", "SET", "maxmemory", "100mb", "Port", other.port),
    /^Error: ERR CONFIG SET failed \(possibly related to argument 'Port'\) - Unable to listen on this port\. Check server logs\.$/,
  );
  await assert.rejects(
    // For documentation (RFC 5737): no machine has it, and nobody is asked for it as for a name.
    client.call("CONFIG", "SET", "bind", "192.0.2.1"),
    /possibly related to argument 'bind'\) - Failed to bind to specified addresses\.$/,
  );
  assert.deepEqual(await client.call("CONFIG", "GET", "maxmemory", "bind"), [
    ...["maxmemory", "0"],
    ...["bind", "127.0.0.1"],
  ]);
  using again = await server.client();
  assert.equal(await again.call("PING"), "PONG");
});

test("servers in one process do not know of each other", async () => {
  await using first = await Tidemark.start({ port: 0, save: "" });
  await using second = await Tidemark.start({ port: 0, save: "" });
  assert.notEqual(first.port, second.port);
  const [a, b] = [
    await WireClient.connect({ port: first.port }),
    await WireClient.connect({ port: second.port }),
  ];
  await a.call("SET", "key", "first");
  assert.equal(await b.call("GET", "key"), null);
  assert.equal(first.url, `redis://127.0.0.1:${first.port}`);
  a.close();
  b.close();
});

test("the URL has an address that is listened on", async () => {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const six = addresses.some(({ address }) => address === "::1") ? [["::1", "[::1]"] as const] : [];
  for (const [bind, host] of [
    ["*", "127.0.0.1"],
    ["127.0.0.2", "127.0.0.2"],
    ["-::* 127.0.0.1", "127.0.0.1"],
    ...six,
  ]) {
    await using server = await Tidemark.start({ port: 0, save: "", bind });
    assert.equal(server.url, `redis://${host}:${server.port}`, bind);
  }
});

test("port 0 takes a free port, as a text too", async () => {
  await using server = await Tidemark.start({ port: "0", save: "" });
  assert.notEqual(server.port, 0);
});

test("a configuration that is wrong is a promise that rejects, not an exception", async () => {
  const starting = Tidemark.start({ port: 0, dir: "not/there" });
  await assert.rejects(starting, /^Error: No such file or directory: dir "not\/there"/);
});

test("a port that is taken is told with the system's error", async () => {
  await using first = await Tidemark.start({ port: 0, save: "", bind: "127.0.0.1" });
  await assert.rejects(Tidemark.start({ port: first.port, save: "", bind: "127.0.0.1" }), (error: Error) => {
    assert.match(error.message, /^Failed listening on port/);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "EADDRINUSE");
    return true;
  });
});

test("close ends connections and frees the port", async () => {
  const server = await Tidemark.start({ port: 0, save: "", bind: "127.0.0.1" });
  const { port } = server;
  const client = await WireClient.connect({ port });
  await server.close();
  await client.closed();
  await using again = await Tidemark.start({ port, save: "", bind: "127.0.0.1" });
  assert.equal(again.port, port);
});
