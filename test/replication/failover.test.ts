import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../support/condition.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { TidemarkHere } from "../support/product.js";
import { HandReplica } from "../support/replica.js";
import { load, replicationOf, sameData } from "../support/replication.js";

const QUICK = { "repl-diskless-sync-delay": "0" };

for (const to of ["redis", "tidemark"] as const)
  for (const from of ["redis", "tidemark"] as const) {
    if (to === "redis" && from === "redis") continue;
    oracleTest(`FAILOVER from ${from} to ${to} loses nothing and needs no full resync`, async () => {
      const start = (make: string, args: Record<string, string>) =>
        make === "tidemark"
          ? TidemarkHere.start(args)
          : startOracle({
              args: Object.entries(args).flatMap(([name, value]) => [`--${name}`, ...value.split(" ")]),
            });
      await using primary = await start(from, QUICK);
      await using replica = await start(to, { ...QUICK, replicaof: `127.0.0.1 ${primary.port}` });
      using source = await primary.client();
      using writer = await primary.client();
      using target = await replica.client();
      await load(source, 1);
      await sameData(source, target);
      const { master_replid: before } = Object.fromEntries(await replicationOf(source));
      assert.equal(await source.call("FAILOVER", "TO", "127.0.0.1", replica.port), "OK");
      // What comes meanwhile waits, and is refused.
      await assert.rejects(async () => {
        for (let i = 0; ; i++) await writer.call("SET", "during", i);
      }, /READONLY/);
      await eventually("the roles are exchanged", async () => {
        const fields = await replicationOf(source);
        return (
          fields.get("master_link_status") === "up" && fields.get("master_failover_state") === "no-failover"
        );
      });
      await load(target, 2);
      await sameData(target, source);
      const after = await replicationOf(target);
      assert.equal(after.get("role"), "master");
      assert.equal(after.get("master_replid2"), before);
      assert.match(String(await target.call("INFO", "stats")), /sync_full:0\r\nsync_partial_ok:1\r\n/);
    });
  }

test("FAILOVER is refused where it cannot be", async () => {
  await using primary = await TidemarkHere.start(QUICK);
  using source = await primary.client();
  await assert.rejects(
    source.call("FAILOVER", "FORCE", "TO", "127.0.0.1", 1),
    /FAILOVER requires connected replicas\./,
  );
  await using replica = await TidemarkHere.start({ ...QUICK, replicaof: `127.0.0.1 ${primary.port}` });
  using target = await replica.client();
  await assert.rejects(source.call("FAILOVER", "ABORT"), /No failover in progress\./);
  await assert.rejects(source.call("FAILOVER", "TIMEOUT", 0), /FAILOVER timeout must be greater than 0/);
  await assert.rejects(source.call("FAILOVER", "TO", "127.0.0.1"), /syntax error/);
  await assert.rejects(target.call("FAILOVER"), /FAILOVER is not valid when server is a replica\./);
  await sameData(source, target);
  await assert.rejects(
    source.call("FAILOVER", "TO", "127.0.0.1", 1),
    /FAILOVER target HOST and PORT is not a replica\./,
  );
  await assert.rejects(
    source.call("FAILOVER", "TO", "127.0.0.1", replica.port, "FORCE"),
    /requires both a timeout and target HOST and IP/,
  );
  await assert.rejects(source.call("PSYNC", "?", -1, "FAILOVER"), /can't be sent to a master/);
});

test("a failover that never comes about ends by itself or by ABORT, and the writes go on", async () => {
  await using primary = await TidemarkHere.start(QUICK);
  using source = await primary.client();
  using writer = await primary.client();
  // A replica that never acknowledges anything.
  const silent = await HandReplica.connect(primary.port);
  silent.send("PSYNC", "?", "-1");
  await eventually("it is a replica", async () =>
    /slave0:/.test(String(await source.call("INFO", "replication"))),
  );
  await source.call("SET", "k", 1);
  for (const end of ["timeout", "abort"]) {
    await source.call("FAILOVER", ...(end === "timeout" ? ["TIMEOUT", 1] : []));
    const write = writer.call("INCR", "k");
    if (end === "abort") {
      assert.equal((await replicationOf(source)).get("master_failover_state"), "waiting-for-sync");
      await source.call("FAILOVER", "ABORT");
    }
    assert.equal(await write, end === "timeout" ? 2 : 3);
    assert.equal((await replicationOf(source)).get("master_failover_state"), "no-failover");
  }
  silent.close();
});

for (const kind of ["redis", "tidemark"] as const)
  oracleTest(`a failover and CLIENT PAUSE hold writes apart from each other (${kind})`, async () => {
    await using primary =
      kind === "redis"
        ? await startOracle({ args: ["--repl-diskless-sync-delay", "0"] })
        : await TidemarkHere.start(QUICK);
    using admin = await primary.client();
    using writer = await primary.client();
    // A replica that never acknowledges anything.
    const silent = await HandReplica.connect(primary.port);
    silent.send("PSYNC", "?", "-1");
    await eventually("it is a replica", async () =>
      /slave0:/.test(String(await admin.call("INFO", "replication"))),
    );
    const held = async (): Promise<boolean> => / cmd=incr /.test(String(await admin.call("CLIENT", "LIST")));
    await admin.call("SET", "k", 1);
    await admin.call("FAILOVER");
    const write = writer.call("INCR", "k");
    await eventually("the write is held", held);
    await admin.call("CLIENT", "UNPAUSE");
    await admin.call("CLIENT", "PAUSE", 1, "WRITE");
    await admin.call("CLIENT", "PAUSE", 100_000, "WRITE");
    assert.equal(await admin.call("GET", "k"), "1");
    assert.equal(await admin.call("FAILOVER", "ABORT"), "OK");
    await admin.call("PING");
    assert.equal(await admin.call("GET", "k"), "1");
    await admin.call("FAILOVER");
    await admin.call("CLIENT", "UNPAUSE");
    await admin.call("PING");
    assert.equal(await admin.call("GET", "k"), "1");
    assert.equal(await admin.call("FAILOVER", "ABORT"), "OK");
    assert.equal(await write, 2);
    silent.close();
  });
