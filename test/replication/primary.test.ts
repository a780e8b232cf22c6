import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { type Directives, TidemarkHere } from "../support/product.js";
import { HandReplica } from "../support/replica.js";
import type { WireClient } from "../support/wire.js";

const SETTINGS: Directives = { "repl-diskless-sync-delay": "0", "repl-ping-replica-period": "3600" };

async function infoOf(client: WireClient, section = "replication"): Promise<Map<string, string>> {
  const text = String(await client.call("INFO", section));
  return new Map(text.split("\r\n").map((line) => line.split(":", 2) as [string, string]));
}

const connected = async (client: WireClient): Promise<number> =>
  Number((await infoOf(client)).get("connected_slaves"));

test("INFO, ROLE and CLIENT LIST show a replica as it has introduced itself", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  using replica = await HandReplica.connect(server.port);
  await replica.ask("REPLCONF", "ip-address", "10.1.2.3");
  await replica.synchronize(7000);
  await client.call("SET", "a", "1");
  await replica.upTo("SET a 1");
  replica.acknowledge();
  const { offset } = replica;
  await eventually("the replica is online and has acknowledged", async () =>
    String((await infoOf(client)).get("slave0")).startsWith(
      `ip=10.1.2.3,port=7000,state=online,offset=${offset},lag=`,
    ),
  );
  assert.deepEqual(await client.call("ROLE"), ["master", offset, [["10.1.2.3", "7000", String(offset)]]]);
  assert.match(String(await client.call("CLIENT", "LIST", "TYPE", "replica")), /^id=\d+ .* flags=S .*\n$/);
  const info = await infoOf(client);
  assert.equal(info.get("master_replid"), replica.replid);
  assert.equal(info.get("repl_backlog_active"), "1");
  assert.equal(info.get("repl_backlog_first_byte_offset"), "1");
  assert.equal(info.get("repl_backlog_histlen"), String(offset));
  assert.match((await infoOf(client, "clients")).get("connected_clients")!, /^1$/);
  assert.equal(await client.call("CLIENT", "KILL", "TYPE", "replica"), 1);
  await eventually("the replica is gone", async () => (await connected(client)) === 0 && replica.closed);
});

test("the edges of the backlog are exact: the first byte and the byte behind the last", async () => {
  await using server = await TidemarkHere.start({ ...SETTINGS, "repl-backlog-size": "16kb" });
  using client = await server.client();
  const first = await (await HandReplica.connect(server.port)).synchronize();
  for (let i = 0; i < 30; i++) await client.call("SET", "key", String(i).repeat(50_000));
  const { replid } = first;
  first.close();
  await eventually("the replica is gone", async () => (await connected(client)) === 0);
  await client.call("SET", "key", "last");
  const info = await infoOf(client);
  const start = Number(info.get("repl_backlog_first_byte_offset"));
  const end = start + Number(info.get("repl_backlog_histlen"));
  assert.ok(start > 1 && end - start >= 16384);
  const ask = async (offset: number): Promise<string> => {
    using replica = await HandReplica.connect(server.port);
    return (await replica.psync(replid, offset)).split(" ")[0]!;
  };
  assert.equal(await ask(start - 1), "+FULLRESYNC");
  assert.equal(await ask(start), "+CONTINUE");
  assert.equal(await ask(end), "+CONTINUE");
  assert.equal(await ask(end + 1), "+FULLRESYNC");
  using replica = await HandReplica.connect(server.port);
  await replica.psync(replid, end);
  await client.call("SET", "more", "1");
  assert.equal(await replica.command(), "SELECT 0");
});

test("what a replica is sent when it continues are the bytes that it has missed", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  using whole = await (await HandReplica.connect(server.port)).synchronize();
  const { offset, replid } = whole;
  for (let i = 0; i < 100; i++) await client.call("SET", `key:${i}`, "x".repeat(i * 20));
  const end = Number((await infoOf(client)).get("master_repl_offset"));
  const stream = await whole.bytes(end - offset);
  for (const from of [0, 1, 777, stream.length - 1]) {
    using replica = await HandReplica.connect(server.port);
    await replica.psync(replid, offset + from + 1);
    const rest = await replica.bytes(stream.length - from);
    assert.ok(rest.equals(stream.subarray(from)), `from ${from}`);
  }
});

test("a diskless resync waits for others, and the number that is enough begins it", async () => {
  await using server = await TidemarkHere.start({
    ...SETTINGS,
    "repl-diskless-sync-delay": "3600",
    "repl-diskless-sync-max-replicas": "2",
  });
  using client = await server.client();
  await client.call("SET", "a", "1");
  using first = await HandReplica.connect(server.port);
  const one = first.psync();
  await eventually(
    "it waits",
    async () => (await infoOf(client)).get("slave0")?.includes("wait_bgsave") ?? false,
  );
  using second = await HandReplica.connect(server.port);
  const two = second.psync();
  assert.equal(await one, await two);
  assert.ok((await first.snapshot()).equals(await second.snapshot()));
  assert.equal((await infoOf(client, "stats")).get("sync_full"), "2");
});

test("a replica joins a snapshot that is being written, and both get what was written meanwhile", async () => {
  await using server = await TidemarkHere.start({
    ...SETTINGS,
    "repl-diskless-sync": "no",
    "rdb-key-save-delay": "2000",
  });
  using client = await server.client();
  await client.call("DEBUG", "POPULATE", 1200);
  using first = await HandReplica.connect(server.port);
  const answer = await first.psync();
  await client.call("SET", "meanwhile", "1");
  using second = await HandReplica.connect(server.port);
  assert.equal(await second.psync(), answer);
  const snapshot = await first.snapshot();
  assert.ok(snapshot.equals(await second.snapshot()));
  assert.ok(!snapshot.includes("meanwhile"));
  for (const replica of [first, second])
    assert.deepEqual(await replica.upTo("SET meanwhile 1"), ["SELECT 0", "SET meanwhile 1"]);
});

test("a replica that leaves while the snapshot is streamed ends it, and the next one gets another", async () => {
  await using server = await TidemarkHere.start({ ...SETTINGS, "rdb-key-save-delay": "2000" });
  using client = await server.client();
  await client.call("DEBUG", "POPULATE", 100_000);
  const first = await HandReplica.connect(server.port);
  await first.psync();
  first.close();
  await eventually("the replica is gone", async () => (await connected(client)) === 0);
  await client.call("FLUSHALL");
  await client.call("SET", "only", "1");
  using second = await (await HandReplica.connect(server.port)).synchronize();
  await client.call("SET", "more", "1");
  assert.deepEqual(await second.upTo("SET more 1"), ["SELECT 0", "SET more 1"]);
});

test("the file of a full resync is not made to its end when nobody waits for it, unless there are save points", async () => {
  await using server = await TidemarkHere.start({
    ...SETTINGS,
    "repl-diskless-sync": "no",
    "rdb-key-save-delay": "30000",
  });
  using client = await server.client();
  for (let i = 0; i < 200; i++) await client.call("SET", `k${i}`, i);
  const saving = async (): Promise<boolean> =>
    /rdb_bgsave_in_progress:1/.test(String(await client.call("INFO", "persistence")));
  const replica = await HandReplica.connect(server.port);
  replica.send("PSYNC", "?", "-1");
  await eventually("the snapshot is written", saving);
  replica.close();
  await eventually("it is given up", async () => !(await saving()));
  assert.match(String(await client.call("INFO", "persistence")), /rdb_last_bgsave_status:ok/);
  await client.call("CONFIG", "SET", "save", "3600 1");
  const other = await HandReplica.connect(server.port);
  other.send("PSYNC", "?", "-1");
  await eventually("the next one is written", saving);
  other.close();
  await eventually("the replica is gone", async () =>
    /connected_slaves:0/.test(String(await client.call("INFO", "replication"))),
  );
  assert.equal(await saving(), true);
  assert.match(String(await client.call("INFO", "memory")), /\r\nmem_clients_slaves:0\r\n/);
});

test("a replica that does not read is cut off at its limit, not below the backlog's size, and told why", async () => {
  await using server = await TidemarkHere.start({
    ...SETTINGS,
    "repl-backlog-size": "1mb",
    "client-output-buffer-limit": "replica 20mb 0 0",
  });
  using client = await server.client();
  using replica = await (await HandReplica.connect(server.port)).synchronize(4000);
  await client.call("SET", "a", "1");
  await replica.upTo("SET a 1");
  const { offset, replid } = replica;
  replica.pause();
  const value = "x".repeat(1_000_000);
  await eventually("the replica is cut off", async () => {
    await client.call("SET", "big", value);
    return (await connected(client)) === 0;
  });
  const info = await infoOf(client, "stats");
  assert.equal(info.get("client_output_buffer_limit_disconnections"), "1");
  using back = await HandReplica.connect(server.port);
  assert.match(await back.psync(replid, offset + 1, 4000), /^\+FULLRESYNC/);
  const [resync] = (await client.call("RESYNCS", 1)) as [string[]];
  assert.match(resync[resync.indexOf("explanation") + 1]!, /client-output-buffer-limit replica/);
});

test("what one slow replica needs is kept although the backlog is smaller", async () => {
  await using server = await TidemarkHere.start({ ...SETTINGS, "repl-backlog-size": "16kb" });
  using client = await server.client();
  using slow = await (await HandReplica.connect(server.port)).synchronize();
  using fast = await (await HandReplica.connect(server.port)).synchronize();
  slow.pause();
  const value = "x".repeat(100_000);
  for (let i = 0; i < 120; i++) await client.call("SET", `key:${i}`, value);
  await client.call("SET", "last", "1");
  assert.equal((await fast.upTo("SET last 1")).length, 122);
  const kept = Number((await infoOf(client)).get("repl_backlog_histlen"));
  slow.resume();
  assert.equal((await slow.upTo("SET last 1")).length, 122);
  assert.equal(slow.offset, fast.offset);
  await client.call("SET", "after", "1");
  await eventually("the memory is given back", async () => {
    await client.call("SET", "after", "1");
    return Number((await infoOf(client)).get("repl_backlog_histlen")) < Math.max(kept, 3_000_000);
  });
});

test("the file of a full resync is removed when nothing else persists and that is wanted", async () => {
  await using server = await TidemarkHere.start({
    ...SETTINGS,
    "repl-diskless-sync": "no",
    "rdb-del-sync-files": "yes",
  });
  using _ = await (await HandReplica.connect(server.port)).synchronize();
  await eventually("the file is gone", () => !readdirSync(server.dir).includes("dump.rdb"));
});

test("a silent replica is disconnected after repl-timeout", async () => {
  await using server = await TidemarkHere.start({ ...SETTINGS, "repl-timeout": "1" });
  using client = await server.client();
  using replica = await (await HandReplica.connect(server.port)).synchronize();
  await eventually("it is disconnected", async () => (await connected(client)) === 0 && replica.closed);
});

test("without replicas the backlog is given up after its time, with the history, and that is told", async () => {
  await using server = await TidemarkHere.start({ ...SETTINGS, "repl-backlog-ttl": "1" });
  using client = await server.client();
  const replica = await (await HandReplica.connect(server.port)).synchronize();
  const { replid, offset } = replica;
  replica.close();
  await eventually(
    "the backlog is given up",
    async () => (await infoOf(client)).get("repl_backlog_active") === "0",
  );
  assert.notEqual((await infoOf(client)).get("master_replid"), replid);
  using back = await HandReplica.connect(server.port);
  assert.match(await back.psync(replid, offset + 1), /^\+FULLRESYNC/);
  const info = await infoOf(client);
  assert.equal(info.get("last_full_resync_reason"), "no-backlog");
  assert.match(info.get("last_full_resync_avoided_by")!, /^repl-backlog-ttl \d+$/);
});

test("DEBUG REPLICATE tells the replicas what is not done here", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  const replica = await (await HandReplica.connect(server.port)).synchronize();
  assert.equal(await client.call("DEBUG", "REPLICATE", "SET", "only", "there"), "OK");
  assert.equal(await replica.command(), "SET only there");
  assert.equal(await client.call("EXISTS", "only"), 0);
});

test("WAIT asks for acknowledgements and counts them", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  assert.equal(await client.call("WAIT", 0, 0), 0);
  assert.equal(await client.call("WAIT", 1, 10), 0);
  using replica = await (await HandReplica.connect(server.port)).synchronize();
  await client.call("SET", "a", "1");
  await replica.upTo("SET a 1");
  const { offset } = replica;
  client.send("WAIT", 1, 0);
  assert.equal(await replica.command(), "REPLCONF GETACK *");
  replica.acknowledge(offset - 1);
  replica.acknowledge(offset);
  assert.equal((await client.receive()).value, 1);
  await client.call("MULTI");
  await client.call("SET", "b", "1");
  await client.call("WAIT", 1, 0);
  // Nobody waits inside of a transaction, and the question itself has not been acknowledged.
  assert.deepEqual(await client.call("EXEC"), ["OK", 0]);
  for (const [words, error] of [
    [["x", "0"], /not an integer/],
    [["1", "x"], /timeout is not an integer/],
    [["1", "-1"], /timeout is negative/],
    [["1", "9223372036854775807"], /timeout is out of range/],
    [["1", "9223372036854775808"], /timeout is not an integer/],
  ] as const)
    await assert.rejects(client.call("WAIT", ...words), error);
});

test("WAITAOF counts the disk of the server and those of its replicas", async () => {
  await using server = await TidemarkHere.start({ ...SETTINGS, appendonly: "yes", appendfsync: "no" });
  using client = await server.client();
  assert.deepEqual(await client.call("WAITAOF", 0, 0, 0), [1, 0]);
  await client.call("SET", "a", "1");
  assert.deepEqual(await client.call("WAITAOF", 1, 0, 0), [1, 0]);
  // In one piece: the write is not in the file yet when the wait begins.
  const together = await client.pipeline([
    ["SET", "a", "2"],
    ["WAITAOF", 1, 0, 0],
  ]);
  assert.equal(together[1]!.raw.toString(), "*2\r\n:1\r\n:0\r\n");
  using replica = await (await HandReplica.connect(server.port)).synchronize();
  await client.call("SET", "b", "1");
  await replica.upTo("SET b 1");
  const { offset } = replica;
  // Long enough for a sync; the replica has said nothing of its disk.
  assert.deepEqual(await client.call("WAITAOF", 1, 1, 1000), [1, 0]);
  client.send("WAITAOF", 0, 1, 0);
  replica.acknowledge(offset);
  replica.send("REPLCONF", "ACK", offset, "FACK", offset - 1);
  replica.send("REPLCONF", "ACK", offset, "FACK", offset);
  assert.deepEqual(((await client.receive()).value as unknown[])[1], 1);
  assert.equal(await replica.command(), "REPLCONF GETACK *");
  replica.send("REPLCONF", "ACK", replica.offset, "FACK", replica.offset);
  // What others have written since our last command is no business of ours, and a transaction does not wait.
  using other = await server.client();
  await other.call("SET", "c", "1");
  assert.deepEqual(await client.call("WAITAOF", 1, 1, 0), [1, 1]);
  await client.call("MULTI");
  await client.call("WAITAOF", 0, 2, 0);
  const [stored] = (await client.call("EXEC")) as number[][];
  assert.equal(stored![1], 0);
});

test("WAITAOF refuses what it cannot tell, and ends when the file is switched off", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  assert.deepEqual(await client.call("WAITAOF", 0, 0, 0), [0, 0]);
  const disabled = /ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled\.$/;
  for (const [words, error] of [
    [["1", "0", "0"], disabled],
    [["2", "0", "0"], /ERR value is out of range, value must between 0 and 1$/],
    [["-1", "0", "0"], /ERR value is out of range, value must between 0 and 1$/],
    [["0", "-1", "0"], /ERR value is out of range, must be positive$/],
    [["0", "0", "-1"], /ERR timeout is negative$/],
    [["0", "0", "x"], /ERR timeout is not an integer or out of range$/],
  ] as const)
    await assert.rejects(client.call("WAITAOF", ...words), error);
  await client.call("CONFIG", "SET", "appendonly", "yes");
  await client.call("SET", "a", "1");
  // Nothing names the file before its first rewrite has ended.
  assert.deepEqual(await client.call("WAITAOF", 1, 0, 0), [1, 0]);
  client.send("WAITAOF", 1, 1, 0);
  using other = await server.client();
  await eventually("the client waits", async () =>
    String(await other.call("INFO", "clients")).includes("blocked_clients:1"),
  );
  await other.call("CONFIG", "SET", "appendonly", "no");
  assert.match(String((await client.receive()).value), disabled);
  await client.call("REPLICAOF", "127.0.0.1", 1);
  await assert.rejects(
    client.call("WAITAOF", 0, 0, 0),
    /ERR WAITAOF cannot be used with replica instances\. Please also note that writes to replicas are just local and are not propagated\.$/,
  );
});

test("after a restart the mark of the base counts when no command follows it", async () => {
  const dir = temporaryDirectory();
  const files = { ...SETTINGS, dir, appendonly: "yes", "aof-annotations": "no" };
  try {
    let replid = "";
    let offset = 0;
    {
      await using server = await TidemarkHere.start(files);
      using client = await server.client();
      using replica = await (await HandReplica.connect(server.port)).synchronize();
      await client.call("SET", "a", "1");
      await replica.upTo("SET a 1");
      ({ replid, offset } = replica);
      await client.call("BGREWRITEAOF");
      await eventually("the rewrite has ended", async () =>
        readdirSync(join(dir, "appendonlydir")).every((name) => !name.includes(".1.")),
      );
    }
    await using server = await TidemarkHere.start(files);
    using replica = await HandReplica.connect(server.port);
    assert.match(await replica.psync(replid, offset + 1), /^\+CONTINUE [0-9a-f]{40}$/);
  } finally {
    removeDirectory(dir);
  }
});
