import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { ServerProcess } from "../support/process.js";
import { CutProxy } from "../support/proxy.js";
import { HandReplica } from "../support/replica.js";
import { load, sameData } from "../support/replication.js";

const FILE = ["--appendonly", "yes", "--enable-debug-command", "yes", "--repl-diskless-sync-delay", "0"];

for (const signal of ["SIGTERM", "SIGKILL"] as const)
  oracleTest(`a replica with an append-only file continues after ${signal}`, async () => {
    await using primary = await startOracle({ args: ["--repl-diskless-sync-delay", "0"] });
    const dir = temporaryDirectory();
    try {
      const options = { dir, args: [...FILE, "--replicaof", "127.0.0.1", String(primary.port)] };
      using source = await primary.client();
      await load(source, 1);
      for (let run = 0; run < 2; run++) {
        await using replica = await ServerProcess.start(options);
        using target = await replica.client();
        await sameData(source, target);
        await load(source, run + 2);
        await sameData(source, target);
        await replica.run
          .logged("Background AOF rewrite finished successfully", run === 0 ? undefined : 0)
          .catch((error) => {
            if (run === 0) throw error;
          });
        await replica.run.kill(signal);
        // What it misses, and what it must find in the right database.
        await source.call("SELECT", 5);
        await source.call("INCR", "missed");
      }
      await using replica = await ServerProcess.start(options);
      using target = await replica.client();
      await sameData(source, target);
      assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:2\r\n/);
    } finally {
      removeDirectory(dir);
    }
  });

oracleTest("a replica continues although it was killed while it wrote", async () => {
  await using primary = await startOracle({ args: ["--repl-diskless-sync-delay", "0"] });
  const dir = temporaryDirectory();
  try {
    const options = { dir, args: [...FILE, "--replicaof", "127.0.0.1", String(primary.port)] };
    using source = await primary.client();
    await using replica = await ServerProcess.start(options);
    using target = await replica.client();
    await load(source, 1);
    await sameData(source, target);
    await replica.run.logged("Background AOF rewrite finished successfully");
    await whileWriting(primary, async () => void (await replica.run.kill("SIGKILL")));
    await using again = await ServerProcess.start(options);
    using resumed = await again.client();
    await sameData(source, resumed);
    assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:1\r\n/);
  } finally {
    removeDirectory(dir);
  }
});

oracleTest("a primary that was killed right after its writes lets its replica continue", async () => {
  const dir = temporaryDirectory();
  try {
    // Without syncs no write waits for one, so the replica is never ahead of the file.
    const args = [...FILE, "--appendfsync", "no"];
    const first = await ServerProcess.start({ dir, args });
    const { port } = first;
    await using replica = await startOracle({ args: ["--replicaof", "127.0.0.1", String(port)] });
    using target = await replica.client();
    {
      using source = await first.client();
      for (let round = 1; round < 4; round++) await load(source, round);
      await sameData(source, target);
    }
    await first.run.kill("SIGKILL");
    await using again = await ServerProcess.start({ dir, args, port });
    using source = await again.client();
    await sameData(source, target);
    assert.match(String(await source.call("INFO", "stats")), /sync_full:0\r\nsync_partial_ok:1\r\n/);
  } finally {
    removeDirectory(dir);
  }
});

for (const kind of ["redis", "tidemark"] as const)
  oracleTest(
    `a ${kind} replica gets what a killed primary had not sent it out of the primary's files`,
    async () => {
      const dir = temporaryDirectory();
      try {
        // A PING is in the stream and not in the file.
        const args = [...FILE, "--appendfsync", "no", "--repl-ping-replica-period", "3600"];
        const first = await ServerProcess.start({ dir, args });
        const { port } = first;
        await using proxy = await CutProxy.start(port);
        const follow = ["--replicaof", "127.0.0.1", String(proxy.port), "--enable-debug-command", "yes"];
        await using replica = await (kind === "redis"
          ? startOracle({ args: follow })
          : ServerProcess.start({ args: follow }));
        using target = await replica.client();
        {
          using source = await first.client();
          await load(source, 1);
          await sameData(source, target);
          proxy.closed = true;
          proxy.cut();
          for (let i = 0; i < 200; i++)
            await source.pipeline([
              ["SELECT", i % 3],
              ["RPUSH", "missed", i],
              ["MULTI"],
              ["INCR", "a"],
              ["INCR", "b"],
              ["EXEC"],
            ]);
        }
        await first.run.kill("SIGKILL");
        await using again = await ServerProcess.start({ dir, args, port });
        using source = await again.client();
        proxy.closed = false;
        await sameData(source, target);
        assert.match(String(await source.call("INFO", "stats")), /sync_full:0\r\nsync_partial_ok:1\r\n/);
      } finally {
        removeDirectory(dir);
      }
    },
  );

test("a replica that lacks what no file has gets everything, and is told why", async () => {
  const dir = temporaryDirectory();
  try {
    const first = await ServerProcess.start({ dir, args: FILE });
    using replica = await HandReplica.connect(first.port);
    await replica.synchronize();
    using source = await first.client();
    await source.call("PUBLISH", "channel", "message");
    await source.call("SET", "last", 1);
    await first.run.kill("SIGKILL");
    await using again = await ServerProcess.start({ dir, args: FILE });
    using behind = await HandReplica.connect(again.port);
    assert.match(await behind.psync(replica.replid, replica.offset + 1), /^\+FULLRESYNC /);
    using client = await again.client();
    const info = String(await client.call("INFO", "replication"));
    assert.match(info, /last_full_resync_reason:no-backlog\r\n/);
    using level = await HandReplica.connect(again.port);
    const [, offset] = /second_repl_offset:(\d+)/.exec(info) ?? [];
    assert.match(await level.psync(replica.replid, Number(offset)), /^\+CONTINUE /);
  } finally {
    removeDirectory(dir);
  }
});

/** Does something to the servers when a client has written for a while, and is writing on. */
async function whileWriting(server: ServerProcess, action: () => Promise<void>): Promise<void> {
  const client = await server.client();
  let written = 0;
  let goesOn = true;
  const writing = (async () => {
    while (goesOn) await client.call("LPUSH", "list", written++);
  })().catch(() => {});
  await eventually("some writes", () => written > 200);
  await action();
  goesOn = false;
  await writing;
  client.close();
}

for (const policy of ["always", "everysec"])
  test(`what a writable replica's clients write outlives kill -9 (appendfsync ${policy})`, async () => {
    await using primary = await ServerProcess.start({ args: FILE });
    using source = await primary.client();
    const dir = temporaryDirectory();
    try {
      const place = ["--replicaof", "127.0.0.1", String(primary.port), "--replica-read-only", "no"];
      const options = { dir, args: [...FILE, "--appendfsync", policy, ...place] };
      await source.call("SET", "theirs", "1");
      {
        await using replica = await ServerProcess.start(options);
        using target = await replica.client();
        await sameData(source, target);
        await replica.run.logged("Background AOF rewrite finished successfully");
        await source.call("SELECT", 2);
        await source.call("SET", "theirs", "2");
        await sameData(source, target);
        await target.call("SELECT", 5);
        await target.call("SET", "ours", "1", "EX", 1000);
        await target.call("MULTI");
        await target.call("INCR", "ours:2");
        await target.call("SELECT", 6);
        await target.call("INCR", "ours:3");
        await target.call("EXEC");
        // Into the database that the stream has selected.
        await source.call("SET", "theirs:2", "3");
        await eventually("it has come", async () => {
          await target.call("SELECT", 2);
          return (await target.call("GET", "theirs:2")) === "3";
        });
        await target.call("FLUSHDB");
        await replica.run.kill("SIGKILL");
      }
      await source.call("SET", "theirs:3", "4");
      await using replica = await ServerProcess.start(options);
      using target = await replica.client();
      await target.call("SELECT", 2);
      await eventually("it goes on", async () => (await target.call("GET", "theirs:3")) === "4");
      assert.deepEqual(await target.call("KEYS", "*"), ["theirs:3"]);
      assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:1\r\n/);
      for (const [database, key, value] of [
        [0, "theirs", "1"],
        [5, "ours", "1"],
        [5, "ours:2", "1"],
        [6, "ours:3", "1"],
      ] as const) {
        await target.call("SELECT", database);
        assert.equal(await target.call("GET", key), value, key);
      }
      await target.call("REPLICAOF", "NO", "ONE");
      await target.call("SET", "ours", "2");
      await replica.run.kill("SIGKILL");
      await using again = await ServerProcess.start({ dir, args: FILE });
      using last = await again.client();
      await last.call("SELECT", 6);
      assert.equal(await last.call("GET", "ours"), "2");
      assert.equal(await last.call("GET", "ours:3"), "1");
    } finally {
      removeDirectory(dir);
    }
  });

for (const kind of ["redis", "tidemark"] as const)
  oracleTest(`a killed primary continues behind the ${kind} replica that was promoted`, async () => {
    const dir = temporaryDirectory();
    try {
      const args = [...FILE, "--appendfsync", "no", "--repl-ping-replica-period", "3600"];
      const first = await ServerProcess.start({ dir, args });
      const follow = ["--replicaof", "127.0.0.1", String(first.port), "--enable-debug-command", "yes"];
      await using promoted = await (kind === "redis"
        ? startOracle({ args: follow })
        : ServerProcess.start({ args: follow }));
      using source = await promoted.client();
      {
        using client = await first.client();
        await load(client, 1);
        await sameData(client, source);
      }
      await first.run.kill("SIGKILL");
      await source.call("REPLICAOF", "NO", "ONE");
      await load(source, 2);
      await using again = await ServerProcess.start({ dir, args });
      using target = await again.client();
      const follows = ["REPLICAOF", "127.0.0.1", String(promoted.port)];
      await target.call(...follows);
      await sameData(source, target);
      assert.match(String(await source.call("INFO", "stats")), /sync_full:0\r\nsync_partial_ok:1\r\n/);
      // Not so when it has written something of its own.
      await target.call("REPLICAOF", "NO", "ONE");
      await target.call("SET", "own", "1");
      await target.call(...follows);
      await sameData(source, target);
      assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:1\r\n/);
    } finally {
      removeDirectory(dir);
    }
  });
