import assert from "node:assert/strict";
import { eventually } from "../support/condition.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { type Directives, TidemarkHere } from "../support/product.js";
import { CutProxy } from "../support/proxy.js";
import { caughtUp, load, replicationOf, sameData } from "../support/replication.js";

const SETTINGS: Directives = { "repl-diskless-sync-delay": "0" };

for (const diskless of ["yes", "no"] as const) {
  oracleTest(`redis-server follows us, from nothing and live (repl-diskless-sync ${diskless})`, async () => {
    await using server = await TidemarkHere.start({ ...SETTINGS, "repl-diskless-sync": diskless });
    using client = await server.client();
    await load(client, 1);
    await load(client, 2);
    const args = ["--replicaof", "127.0.0.1", String(server.port)];
    await using first = await startOracle({ args });
    await using second = await startOracle({ args });
    using one = await first.client();
    using two = await second.client();
    await load(client, 3);
    for (const replica of [one, two]) await sameData(client, replica);
    await load(client, 4);
    for (const replica of [one, two]) await sameData(client, replica);
    const { replicas, replid } = {
      replicas: (await replicationOf(client)).get("connected_slaves"),
      replid: (await replicationOf(client)).get("master_replid"),
    };
    assert.equal(replicas, "2");
    assert.equal((await replicationOf(one)).get("master_replid"), replid);
  });
}

oracleTest("redis-server continues after cuts, whatever was under way", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  await using proxy = await CutProxy.start(server.port);
  await using oracle = await startOracle({ args: ["--replicaof", "127.0.0.1", String(proxy.port)] });
  using client = await server.client();
  using replica = await oracle.client();
  await load(client, 0);
  await sameData(client, replica);
  for (let round = 1; round <= 3; round++) {
    const { made } = proxy;
    const writing = load(client, round);
    proxy.cut();
    await writing;
    await load(client, round + 10);
    await eventually("the replica is back", () => proxy.made > made);
    await sameData(client, replica);
  }
  const stats = String(await client.call("INFO", "stats"));
  assert.match(stats, /sync_full:1\r\nsync_partial_ok:[3-9]\r\n/);
});

oracleTest("a chain below a redis-server replica has our offsets", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  await using middle = await startOracle({
    args: ["--replicaof", "127.0.0.1", String(server.port), "--repl-diskless-sync-delay", "0"],
  });
  await using end = await startOracle({ args: ["--replicaof", "127.0.0.1", String(middle.port)] });
  using client = await server.client();
  using last = await end.client();
  await load(client, 1);
  await sameData(client, last);
  assert.equal(
    (await replicationOf(last)).get("master_replid"),
    (await replicationOf(client)).get("master_replid"),
  );
});

oracleTest("WAIT counts redis-server replicas, and min-replicas-to-write needs them", async () => {
  await using server = await TidemarkHere.start({
    ...SETTINGS,
    "min-replicas-to-write": "1",
    "min-replicas-max-lag": "10",
  });
  using client = await server.client();
  await assert.rejects(client.call("SET", "a", "1"), /^ReplyError: NOREPLICAS|NOREPLICAS/);
  await using oracle = await startOracle({ args: ["--replicaof", "127.0.0.1", String(server.port)] });
  using replica = await oracle.client();
  await caughtUp(client, replica);
  await eventually("a replica is good", async () =>
    String(await client.call("INFO", "replication")).includes("min_slaves_good_slaves:1"),
  );
  await client.call("SET", "a", "1");
  assert.equal(await client.call("WAIT", "1", "0"), 1);
  assert.equal(await replica.call("GET", "a"), "1");
  await client.call("SET", "a", "2");
  assert.equal(await client.call("WAIT", "1", "0"), 1);
  assert.equal(await client.call("WAIT", "2", "10"), 1);
  assert.equal(await replica.call("GET", "a"), "2");
});
