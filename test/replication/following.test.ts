import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../support/condition.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { TidemarkHere } from "../support/product.js";
import { CutProxy } from "../support/proxy.js";
import { caughtUp, load, offsetOf, replicationOf, sameData } from "../support/replication.js";
import type { WireClient } from "../support/wire.js";

/** A server of either make, in either role. */
interface Server extends AsyncDisposable {
  readonly port: number;
  client(): Promise<WireClient>;
}
type Make = "redis" | "tidemark";

function start(make: Make, settings: Record<string, string> = {}): Promise<Server> {
  const all = { "repl-diskless-sync-delay": "0", ...settings };
  if (make === "tidemark") return TidemarkHere.start(all);
  return startOracle({
    args: Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...value.split(" ")]),
  });
}

const following = (
  server: { port: number },
  settings: Record<string, string> = {},
): Record<string, string> => ({
  replicaof: `127.0.0.1 ${server.port}`,
  ...settings,
});

for (const diskless of ["yes", "no"])
  for (const how of ["disabled", "on-empty-db", "swapdb"])
    oracleTest(`follows redis-server: diskless ${diskless}, loads ${how}`, async () => {
      await using primary = await start("redis", { "repl-diskless-sync": diskless });
      using source = await primary.client();
      await load(source, 1);
      await load(source, 2);
      await using replica = await start("tidemark", { "repl-diskless-load": how });
      using target = await replica.client();
      await target.call("SET", "old", "data");
      await target.call("REPLICAOF", "127.0.0.1", primary.port);
      await sameData(source, target);
      await load(source, 3);
      await load(source, 4);
      await sameData(source, target);
      assert.equal(await target.call("GET", "old"), null);
      assert.equal(
        (await replicationOf(target)).get("master_replid"),
        (await replicationOf(source)).get("master_replid"),
      );
      assert.match(
        String(await source.call("INFO", "replication")),
        /slave0:ip=127.0.0.1,port=\d+,state=online/,
      );
    });

oracleTest("continues after cuts, whatever was under way", async () => {
  await using primary = await start("redis");
  await using proxy = await CutProxy.start(primary.port);
  await using replica = await start("tidemark", following(proxy));
  using source = await primary.client();
  using target = await replica.client();
  await load(source, 0);
  await sameData(source, target);
  for (let round = 1; round <= 4; round++) {
    const { made } = proxy;
    const writing = load(source, round);
    proxy.cut();
    await writing;
    await load(source, round + 10);
    await eventually("the replica is back", () => proxy.made > made);
    await sameData(source, target);
  }
  assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:[4-9]\r\n/);
});

for (const chain of [
  ["redis", "tidemark", "redis"],
  ["tidemark", "redis", "tidemark"],
  ["redis", "tidemark", "tidemark"],
  ["tidemark", "tidemark", "redis"],
] as const)
  oracleTest(`a chain of ${chain.join(", ")} agrees in ids, offsets and data`, async () => {
    const [first, second, third] = chain;
    await using top = await start(first);
    await using middle = await start(second, following(top));
    await using end = await start(third, following(middle));
    using source = await top.client();
    using between = await middle.client();
    using target = await end.client();
    await load(source, 1);
    await sameData(source, between);
    await sameData(source, target);
    await load(source, 2);
    await sameData(source, target);
    const ids = await Promise.all(
      [source, between, target].map(async (client) => (await replicationOf(client)).get("master_replid")),
    );
    assert.equal(new Set(ids).size, 1);
    // The end continues below the top when the middle is gone.
    await target.call("REPLICAOF", "127.0.0.1", top.port);
    await load(source, 3);
    await sameData(source, target);
    assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:1\r\n/);
  });

for (const promoted of ["redis", "tidemark"] as const)
  oracleTest(`siblings and the former primary continue below a promoted ${promoted}`, async () => {
    await using first = await start("redis");
    await using next = await start(promoted, following(first));
    await using sibling = await start("tidemark", following(first));
    using old = await first.client();
    using leader = await next.client();
    using other = await sibling.client();
    await load(old, 1);
    for (const replica of [leader, other]) await sameData(old, replica);
    const before = await replicationOf(old);
    await leader.call("REPLICAOF", "NO", "ONE");
    const after = await replicationOf(leader);
    assert.equal(after.get("role"), "master");
    assert.equal(after.get("master_replid2"), before.get("master_replid"));
    assert.equal(Number(after.get("second_repl_offset")), (await offsetOf(leader)) + 1);
    await load(leader, 2);
    for (const client of [other, old]) await client.call("REPLICAOF", "127.0.0.1", next.port);
    for (const client of [other, old]) await sameData(leader, client);
    assert.match(String(await leader.call("INFO", "stats")), /sync_full:0\r\nsync_partial_ok:2\r\n/);
  });

test("CLIENT LIST shows the primary, CLIENT KILL makes the link anew", async () => {
  await using primary = await start("tidemark");
  await using replica = await start("tidemark", following(primary));
  using source = await primary.client();
  using target = await replica.client();
  await load(source, 1);
  await sameData(source, target);
  const shown = String(await target.call("CLIENT", "LIST", "TYPE", "master"));
  const line = new RegExp(`^id=\\d+ addr=127.0.0.1:${primary.port} .* flags=M .* user=\\(superuser\\) .*\n$`);
  assert.match(shown, line);
  const id = /^id=(\d+)/.exec(shown)![1]!;
  assert.match(String(await target.call("CLIENT", "LIST", "ID", id)), line);
  assert.match(String(await target.call("CLIENT", "LIST")), / flags=M /);
  assert.match(String(await target.call("INFO", "clients")), /\r\nconnected_clients:2\r\n/);
  assert.equal(await target.call("CLIENT", "KILL", "TYPE", "master"), 1);
  assert.equal(await target.call("CLIENT", "LIST", "ID", id), "");
  await load(source, 2);
  await sameData(source, target);
  assert.match(String(await source.call("INFO", "stats")), /sync_full:1\r\nsync_partial_ok:1\r\n/);
  await target.call("REPLICAOF", "NO", "ONE");
  assert.equal(await target.call("CLIENT", "LIST", "TYPE", "master"), "");
});

test("bind-source-addr is where the connection to the primary comes from, if the machine has it", async () => {
  await using primary = await start("tidemark");
  using source = await primary.client();
  for (const [address, from] of [
    ["127.0.0.5", "127.0.0.5"],
    ["192.0.2.1", "127.0.0.1"],
  ] as const) {
    await using replica = await start("tidemark", following(primary, { "bind-source-addr": address }));
    using target = await replica.client();
    await sameData(source, target);
    assert.match(String(await source.call("INFO", "replication")), new RegExp(`slave\\d:ip=${from},`));
  }
});

test("a replica is read-only, says what it is, and refuses what it cannot know", async () => {
  await using primary = await start("tidemark");
  await using replica = await start("tidemark", following(primary));
  using source = await primary.client();
  using target = await replica.client();
  await source.call("SET", "k", "v");
  await sameData(source, target);
  assert.equal(await target.call("GET", "k"), "v");
  await assert.rejects(
    target.call("SET", "k", "w"),
    /READONLY You can't write against a read only replica\./,
  );
  await assert.rejects(target.call("WAIT", 1, 0), /WAIT cannot be used with replica instances/);
  assert.deepEqual((await target.call("ROLE")) as unknown[], [
    "slave",
    "127.0.0.1",
    primary.port,
    "connected",
    await offsetOf(source),
  ]);
  assert.equal(
    await target.call("REPLICAOF", "127.0.0.1", primary.port),
    "OK Already connected to specified master",
  );
  assert.equal(await target.call("PUBLISH", "channel", "message"), 0);
  assert.equal(await source.call("WAIT", 1, 0), 1);
});

test("what has expired is hidden on a replica and stays there until the primary deletes it", async () => {
  await using primary = await start("tidemark");
  await using replica = await start("tidemark", following(primary));
  using source = await primary.client();
  using target = await replica.client();
  await source.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  await sameData(source, target);
  await source.call("SET", "k", "v", "PX", 1);
  await source.call("SET", "other", "v");
  await eventually("the key has come", async () => (await target.call("DBSIZE")) === 2);
  await eventually("its time is over", async () => (await target.call("GET", "k")) === null);
  assert.equal(await target.call("EXISTS", "k"), 0);
  assert.equal(await target.call("DBSIZE"), 2);
  assert.equal(await source.call("GET", "k"), null);
  await eventually("the primary's deletion has come", async () => (await target.call("DBSIZE")) === 1);
});

test("a writable replica deletes what has expired if its own clients gave the expiry", async () => {
  await using primary = await start("tidemark");
  await using replica = await start("tidemark", { ...following(primary), "replica-read-only": "no" });
  using source = await primary.client();
  using target = await replica.client();
  await source.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  await sameData(source, target);
  await source.call("SET", "theirs", "v", "PX", 1);
  await source.call("SET", "shared", "v");
  await eventually("the keys have come", async () => (await target.call("DBSIZE")) === 2);
  const tracked = async (): Promise<string | undefined> =>
    /slave_expires_tracked_keys:(\d+)/.exec(String(await target.call("INFO", "stats")))?.[1];
  await target.call("SET", "ours", "v", "EX", 1000);
  await target.call("SET", "persists", "v", "EX", 1000);
  await target.call("PERSIST", "persists");
  assert.ok(["1", "2"].includes((await tracked())!), "a key without expiry is forgotten some time");
  await target.call("PEXPIRE", "ours", 1);
  await target.call("PEXPIRE", "shared", 1);
  await target.call("RPUSH", "list", "v");
  await target.call("PEXPIRE", "list", 1);
  // What a replica that is read-only again does not want any longer still goes.
  await target.call("CONFIG", "SET", "replica-read-only", "yes");
  await eventually("its own are gone", async () => (await tracked()) === "0");
  assert.equal(await target.call("DBSIZE"), 2, "of the primary's, and the one that persists");
  assert.equal(await target.call("GET", "theirs"), null);
  assert.equal(await target.call("GET", "persists"), "v");
});

test("INFO tells of a resync from the primary's answer on, when nothing has come yet", async () => {
  await using primary = await start("tidemark", {
    "repl-diskless-sync": "no",
    "rdb-key-save-delay": "60000",
    save: "",
  });
  using source = await primary.client();
  for (let i = 0; i < 100; i++) await source.call("SET", `k${i}`, i);
  await using replica = await start("tidemark", following(primary));
  using target = await replica.client();
  await eventually("the answer is there", async () =>
    /master_sync_in_progress:1\r\n/.test(String(await target.call("INFO", "replication"))),
  );
  assert.match(
    String(await target.call("INFO", "replication")),
    /master_sync_total_bytes:-1\r\nmaster_sync_read_bytes:0\r\nmaster_sync_left_bytes:-1\r\nmaster_sync_perc:/,
  );
});

test("without stale data a replica without a link serves nothing", async () => {
  await using replica = await start("tidemark", {
    replicaof: "127.0.0.1 1",
    "replica-serve-stale-data": "no",
  });
  using target = await replica.client();
  await assert.rejects(target.call("GET", "k"), /MASTERDOWN Link with MASTER is down/);
  assert.equal((await replicationOf(target)).get("master_link_status"), "down");
  await target.call("CONFIG", "SET", "replica-serve-stale-data", "yes");
  assert.equal(await target.call("GET", "k"), null);
  // What was queued while it was allowed.
  await target.call("MULTI");
  await target.call("GET", "k");
  using other = await replica.client();
  await other.call("CONFIG", "SET", "replica-serve-stale-data", "no");
  await assert.rejects(
    target.call("EXEC"),
    /EXECABORT Transaction discarded because of: MASTERDOWN Link with MASTER is down/,
  );
  await target.call("CONFIG", "SET", "replica-serve-stale-data", "yes");
  await assert.rejects(
    target.call("PSYNC", "?", "-1"),
    /NOMASTERLINK Can't SYNC while not connected with my master/,
  );
  await target.call("CONFIG", "SET", "replica-serve-stale-data", "no");
  await target.call("SLAVEOF", "NO", "ONE");
  assert.equal(await target.call("GET", "k"), null);
});

oracleTest("INFO tells since when the link is down only if it was up, as redis-server does", async () => {
  await using primary = await start("tidemark");
  using source = await primary.client();
  for (const make of ["redis", "tidemark"] as const) {
    await using replica = await start(make, { replicaof: "127.0.0.1 1" });
    using target = await replica.client();
    const downSince = async () => (await replicationOf(target)).get("master_link_down_since_seconds");
    assert.equal(await downSince(), "-1");
    await target.call("REPLICAOF", "127.0.0.1", primary.port);
    await caughtUp(source, target);
    assert.equal(await downSince(), undefined);
    await target.call("REPLICAOF", "127.0.0.1", 1);
    assert.match((await downSince()) ?? "", /^\d+$/);
    await target.call("REPLICAOF", "NO", "ONE");
    await target.call("REPLICAOF", "127.0.0.1", 1);
    assert.equal(await downSince(), "-1");
  }
});
