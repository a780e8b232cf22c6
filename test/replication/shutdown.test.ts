import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { ServerProcess } from "../support/process.js";
import { HandReplica } from "../support/replica.js";
import { caughtUp, offsetOf } from "../support/replication.js";

const ARGS = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "3600"];

test("SHUTDOWN waits for a replica, holds the writes meanwhile, and ends when the replica is there", async () => {
  await using server = await ServerProcess.start({ args: ARGS });
  using client = await server.client();
  using replica = await (await HandReplica.connect(server.port)).synchronize();
  await client.call("SET", "a", "1");
  await replica.upTo("SET a 1");
  client.send("SHUTDOWN", "NOSAVE");
  await server.run.logged("Waiting for replicas before shutting down.");
  using other = await server.client();
  assert.equal(await other.call("GET", "a"), "1");
  const left = /^shutdown_in_milliseconds:(\d+)\r$/m.exec(String(await other.call("INFO", "server")))?.[1];
  assert.ok(Number(left) > 0 && Number(left) <= 10_000, left);
  other.send("SET", "a", "2");
  replica.acknowledge();
  assert.deepEqual(await server.run.end(), { code: 0, signal: null });
  assert.match(server.log, /1 of 1 replicas are in sync when shutting down\./);
  assert.equal(replica.received.length, 0);
});

test("SHUTDOWN NOW does not wait, nor does a shutdown without a timeout", async () => {
  for (const [args, words] of [
    [[], ["NOW"]],
    [["--shutdown-timeout", "0"], []],
  ]) {
    await using server = await ServerProcess.start({ args: [...ARGS, ...args!] });
    using client = await server.client();
    using replica = await (await HandReplica.connect(server.port)).synchronize();
    await client.call("SET", "a", "1");
    await replica.upTo("SET a 1");
    client.send("SHUTDOWN", "NOSAVE", ...words!);
    assert.deepEqual(await server.run.end(), { code: 0, signal: null });
    assert.match(
      server.log,
      /Lagging replica 127\.0\.0\.1:1 reported offset \d+ behind master, lag=\d+, state=online\./,
    );
    assert.match(server.log, /0 of 1 replicas are in sync when shutting down\./);
  }
});

test("SHUTDOWN ABORT ends the wait, and the server goes on", async () => {
  await using server = await ServerProcess.start({ args: ARGS });
  using client = await server.client();
  using replica = await (await HandReplica.connect(server.port)).synchronize();
  await client.call("SET", "a", "1");
  client.send("SHUTDOWN", "NOSAVE");
  await server.run.logged("Waiting for replicas");
  using other = await server.client();
  assert.equal(await other.call("SHUTDOWN", "ABORT"), "OK");
  assert.match(String((await client.receive()).value), /Errors trying to SHUTDOWN/);
  assert.equal(await other.call("SET", "a", "2"), "OK");
  await replica.upTo("SET a 2");
  await assert.rejects(other.call("SHUTDOWN", "ABORT"), /No shutdown in progress/);
});

/** Whether the append-only file tells that it reaches the offset. */
function markIsIn(dir: string, replid: string, offset: number): boolean {
  const name = join(dir, "appendonlydir", "appendonly.aof.1.incr.aof");
  return readFileSync(name, "latin1").includes(`${replid} ${offset} `);
}

const FILES = { "append-only file": ["--appendonly", "yes"], snapshot: ["--save", "3600 1"] };

for (const [file, death] of [
  ["append-only file", "kill"],
  ["append-only file", "end"],
  ["snapshot", "end"],
] as const) {
  test(`with an ${file} a primary is continued after its ${death}`, async () => {
    const args = [...ARGS, ...FILES[file]];
    const first = await ServerProcess.start({ args });
    const client = await first.client();
    const replica = await (await HandReplica.connect(first.port)).synchronize();
    await client.call("SET", "a", "1");
    await client.call("PUBLISH", "channel", "message");
    await client.pipeline([["MULTI"], ["SET", "a", "2"], ["PUBLISH", "channel", "message"], ["EXEC"]]);
    await replica.upTo("EXEC");
    // Telling the replica alone moves the offset as well, and has to get into a mark.
    await client.call("PUBLISH", "channel", "last");
    await replica.upTo("PUBLISH channel last");
    const { replid, offset } = replica;
    if (death === "kill") {
      await eventually("the file has the mark", () => markIsIn(first.dir, replid, offset));
      await first.kill();
    } else {
      client.send("SHUTDOWN", "NOW");
      await first.run.end();
    }
    client.close();
    replica.close();
    const second = await ServerProcess.start({ args, dir: first.dir });
    using again = await second.client();
    using back = await HandReplica.connect(second.port);
    assert.match(await back.psync(replid, offset + 1), /^\+CONTINUE [0-9a-f]{40}$/);
    assert.notEqual(back.replid, replid);
    await again.call("SET", "b", "1");
    assert.deepEqual(await back.upTo("SET b 1"), ["SELECT 0", "SET b 1"]);
    // A replica that has more than the file must not go on: the bytes it has are others now.
    using ahead = await HandReplica.connect(second.port);
    assert.match(await ahead.psync(replid, offset + 2), /^\+FULLRESYNC/);
    await second.close();
    await first.close();
  });
}

test("a replica with replicas ends although its primary's stream goes on, and continues with it afterwards", async () => {
  await using primary = await ServerProcess.start({ args: ARGS });
  using source = await primary.client();
  const dir = temporaryDirectory();
  try {
    const place = ["--replicaof", "127.0.0.1", String(primary.port)];
    const options = { dir, args: [...ARGS, ...place, "--appendonly", "yes"] };
    await using replica = await ServerProcess.start(options);
    await replica.run.logged("Background AOF rewrite finished successfully");
    using below = await (await HandReplica.connect(replica.port)).synchronize();
    using client = await replica.client();
    await source.call("SET", "a", "1");
    await below.upTo("SET a 1");
    client.send("SHUTDOWN");
    await replica.run.logged("Waiting for replicas before shutting down.");
    await source.call("SET", "a", "2");
    using other = await replica.client();
    const end = await offsetOf(source);
    await eventually("the write has come", async () =>
      String(await other.call("INFO", "replication")).includes(`slave_read_repl_offset:${end}\r\n`),
    );
    assert.equal(await other.call("GET", "a"), "1");
    below.acknowledge();
    assert.deepEqual(await replica.run.end(), { code: 0, signal: null }, replica.log);
    assert.match(replica.log, /1 of 1 replicas are in sync when shutting down\./);
    // Nothing more may come while the last bytes are on their way to the device.
    assert.match(replica.log, /Connection with master lost\..*Calling fsync\(\) on the AOF file\./s);
    await using again = await ServerProcess.start(options);
    using target = await again.client();
    await caughtUp(source, target);
    assert.equal(await target.call("GET", "a"), "2");
    assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:1\r\n/);
  } finally {
    removeDirectory(dir);
  }
});
