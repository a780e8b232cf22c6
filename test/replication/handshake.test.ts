import assert from "node:assert/strict";
import { test } from "node:test";
import { oracleTest, startOracle } from "../support/oracle.js";
import { type Directives, TidemarkHere } from "../support/product.js";
import { HandReplica } from "../support/replica.js";
import { WireClient } from "../support/wire.js";
import { splitWords } from "../support/words.js";

const SETTINGS: Directives = { "repl-diskless-sync-delay": "0", "repl-ping-replica-period": "3600" };

const arguments_ = (directives: Directives): string[] =>
  Object.entries(directives).flatMap(([name, value]) => [`--${name}`, value]);

/** What is different in every run: ids and marks. */
const masked = (line: string): string => line.replace(/[0-9a-f]{40}/g, "<id>");

/** A conversation: what the replica says, and the line that answers each. */
const HANDSHAKE = [
  "PING",
  "REPLCONF",
  "REPLCONF listening-port 7777",
  "REPLCONF listening-port 70000",
  "REPLCONF listening-port x",
  "REPLCONF LISTENING-PORT 1 foo",
  "REPLCONF listening-port 7777 ip-address 10.0.0.1",
  `REPLCONF ip-address ${"1".repeat(46)}`,
  "REPLCONF capa",
  "REPLCONF rdb-only x",
  "REPLCONF rdb-only 2",
  "REPLCONF rdb-only 0",
  "REPLCONF rdb-filter-only foo",
  'REPLCONF rdb-filter-only "\\""',
  "REPLCONF foo bar",
  "PSYNC ?",
  "PSYNC ? x",
];

async function converse(port: number, lines: readonly string[]): Promise<string[]> {
  using replica = await HandReplica.connect(port);
  const answers: string[] = [];
  for (const line of lines) answers.push(`${line} → ${masked(await replica.ask(...splitWords(line)))}`);
  return answers;
}

oracleTest("the handshake is answered as redis-server answers it", async () => {
  await using oracle = await startOracle({ args: arguments_(SETTINGS) });
  await using server = await TidemarkHere.start(SETTINGS);
  assert.deepEqual(await converse(server.port, HANDSHAKE), await converse(oracle.port, HANDSHAKE));
  const filtered = ["REPLCONF rdb-filter-only functions", "PSYNC ? -1"];
  assert.deepEqual(await converse(server.port, filtered), await converse(oracle.port, filtered));
});

test("REPLCONF VERSION is of 7.2", async () => {
  await using server = await TidemarkHere.start();
  assert.deepEqual(await converse(server.port, ["REPLCONF version 7.2.4"]), ["REPLCONF version 7.2.4 → +OK"]);
});

test("what is no replica gets no answer to ACK and GETACK, and PSYNC is refused behind other replies", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using replica = await HandReplica.connect(server.port);
  replica.send("REPLCONF", "ACK", "1");
  replica.send("REPLCONF", "GETACK", "*");
  assert.equal(await replica.ask("PING"), "+PONG");
  replica.sendTogether(["PING"], ["PSYNC", "?", "-1"]);
  assert.equal(await replica.line(), "+PONG");
  assert.equal(await replica.line(), "-ERR SYNC and PSYNC are invalid with pending output");
});

/** Writes whose effects cover what the stream is made of. The last one ends the transcript. */
const WRITES = `
SET a 1
~db 3
SET b 1
SET c 1 PX 100000
~db 0
INCRBYFLOAT f 1.5
PUBLISH channel message
~db 5
PUBLISH channel message
~db 2
LPUSH l 1 2 3
LPOP l 2
SADD s a
SPOP s
DEL nothing
GET a
~db 6
MULTI
SET a 1
SELECT 8
SET b 2
EXEC
MULTI
SET only 1
EXEC
MULTI
GET a
EXEC
SET gone x PX 1
~gone
FLUSHDB
~db 0
SWAPDB 0 1
FLUSHALL
SET last 1`;

async function transcript(port: number): Promise<string[]> {
  using replica = await HandReplica.connect(port);
  await replica.ask("REPLCONF", "capa", "eof", "capa", "psync2");
  const lines = [await replica.ask("PSYNC", "?", "-1")];
  await replica.snapshot();
  // The first one may come too early for redis-server, as it has not noticed yet that all is sent.
  const acknowledging = setInterval(() => replica.acknowledge(0), 50);
  using client = await WireClient.connect({ port });
  for (const line of WRITES.split("\n").filter((each) => each !== "")) {
    if (line.startsWith("~db")) await client.call("SELECT", line.slice(4));
    else if (line === "~gone") while ((await client.call("EXISTS", "gone")) !== 0) {}
    else await client.reply(...splitWords(line));
  }
  const commands = await replica.upTo("SET last 1").finally(() => clearInterval(acknowledging));
  for (const command of commands) lines.push(command.replace(/\b1\d{12}\b/g, "<time>"));
  return lines.map(masked);
}

for (const diskless of ["yes", "no"] as const) {
  oracleTest(`a replica is sent what redis-server sends it (repl-diskless-sync ${diskless})`, async () => {
    const settings = { ...SETTINGS, "repl-diskless-sync": diskless };
    await using oracle = await startOracle({ args: arguments_(settings) });
    await using server = await TidemarkHere.start(settings);
    assert.deepEqual(await transcript(server.port), await transcript(oracle.port));
  });
}

test("a replica's pings are lower case, and GETACK and PING select no database", async () => {
  await using server = await TidemarkHere.start({ ...SETTINGS, "repl-ping-replica-period": "1" });
  using replica = await (await HandReplica.connect(server.port)).synchronize();
  assert.equal(await replica.command(), "ping");
});

test("SYNC gets a snapshot with its length, and the stream behind it", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  await client.call("SET", "before", "1");
  using replica = await HandReplica.connect(server.port);
  replica.send("SYNC");
  const snapshot = await replica.snapshot();
  assert.equal(snapshot.toString("latin1", 0, 9), "REDIS0010");
  assert.ok(snapshot.includes("before"));
  await client.call("SET", "after", "1");
  assert.deepEqual(await replica.upTo("SET after 1"), ["SELECT 0", "SET after 1"]);
});

test("a replica that says what needs an answer is disconnected", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  for (const words of [["GET", "a"], ["PING"], ["REPLCONF", "listening-port", "1"]]) {
    using replica = await (await HandReplica.connect(server.port)).synchronize();
    replica.send(...words);
    await assert.rejects(replica.line(), /closed the connection/);
  }
});

for (const diskless of ["yes", "no"]) {
  test(`who wants only the snapshot is disconnected when it is sent (repl-diskless-sync ${diskless})`, async () => {
    await using server = await TidemarkHere.start({ ...SETTINGS, "repl-diskless-sync": diskless });
    using client = await server.client();
    using replica = await HandReplica.connect(server.port);
    await replica.ask("REPLCONF", "rdb-only", "1", "capa", "eof");
    await replica.psync();
    await replica.snapshot();
    await assert.rejects(replica.line(), /closed the connection/);
    assert.equal(replica.received.length, 0);
    const info = String(await client.call("INFO", "replication"));
    assert.match(info, /connected_slaves:0\r\nmaster_failover_state/);
  });
}

test("a filtered snapshot has no keys", async () => {
  await using server = await TidemarkHere.start({ ...SETTINGS, "repl-diskless-sync": "no" });
  using client = await server.client();
  await client.call("SET", "the-key", "1");
  using replica = await HandReplica.connect(server.port);
  await replica.ask("REPLCONF", "rdb-filter-only", "functions");
  await replica.psync();
  assert.ok(!(await replica.snapshot()).includes("the-key"));
});
