import assert from "node:assert/strict";
import { test } from "node:test";
import type { Config } from "#tidemark/config/config.js";
import { type DirectiveOptions, fromOptions } from "#tidemark/config/options.js";
import { nodePlatform } from "#tidemark/platform/platform.js";
import { limitWarning } from "#tidemark/replication/primary/output-limit.js";
import { type Directives, TidemarkHere } from "../support/product.js";
import { HandReplica } from "../support/replica.js";
import type { Plain, WireClient } from "../support/wire.js";

const SETTINGS: Directives = { "repl-diskless-sync-delay": "0", "repl-ping-replica-period": "3600" };
const BACKLOG_BYTES = 16384;

interface Record_ {
  readonly replica: string;
  readonly reason: string;
  readonly missing: number;
  readonly setting: string;
  readonly advice: string;
}

const optionsOf = (options: DirectiveOptions): Config =>
  fromOptions({ disk: nodePlatform().disk, workingDirectory: "/" }, options);

/** The last full resync that the server tells of. */
async function lastResync(client: WireClient): Promise<Record_> {
  const [fields] = (await client.call("RESYNCS", 1)) as [Plain[]];
  const of = (name: string): Plain => fields[fields.indexOf(name) + 1] as Plain;
  return {
    replica: String(of("replica")),
    reason: String(of("reason")),
    missing: Number(of("missing-bytes")),
    setting: (of("setting") as Plain[]).join(" "),
    advice: String(of("advice")),
  };
}

/** Writes so many bytes into the stream, in values of about a hundred kilobytes. */
async function write(client: WireClient, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= 100_000) await client.call("SET", "big", "x".repeat(100_000));
}

test("a new replica is told apart from one that was here and lost its state", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  assert.deepEqual(await client.call("RESYNCS"), []);
  {
    using _ = await (await HandReplica.connect(server.port)).synchronize(4000);
    assert.deepEqual((await lastResync(client)).reason, "new-replica");
  }
  using again = await HandReplica.connect(server.port);
  while (!String(await client.call("INFO", "replication")).includes("connected_slaves:0")) {}
  await again.synchronize(4000);
  const resync = await lastResync(client);
  assert.equal(resync.reason, "replica-lost-state");
  assert.equal(resync.replica, "127.0.0.1:4000");
});

test("a backlog that is too small is told with the size that would have been enough, and that size is", async () => {
  await using server = await TidemarkHere.start({ ...SETTINGS, "repl-backlog-size": String(BACKLOG_BYTES) });
  using client = await server.client();
  const replica = await (await HandReplica.connect(server.port)).synchronize(4000);
  const { replid, offset } = replica;
  replica.close();
  await write(client, 3_000_000);
  using back = await HandReplica.connect(server.port);
  assert.match(await back.psync(replid, offset + 1, 4000), /^\+FULLRESYNC/);
  const info = String(await client.call("INFO", "replication"));
  const end = Number(/master_repl_offset:(\d+)/.exec(info)![1]);
  const first = Number(/repl_backlog_first_byte_offset:(\d+)/.exec(info)![1]);
  const resync = await lastResync(client);
  assert.equal(resync.reason, "backlog-too-small");
  assert.equal(resync.setting, `repl-backlog-size ${end - offset}`);
  assert.equal(resync.missing, first - offset - 1);
  assert.match(info, /last_full_resync_reason:backlog-too-small\r\n/);
  assert.match(info, new RegExp(`last_full_resync_avoided_by:${resync.setting}\r\n`));
});

test("the size that was told would have been enough", async () => {
  const size = 3_200_000;
  await using server = await TidemarkHere.start({ ...SETTINGS, "repl-backlog-size": String(size) });
  using client = await server.client();
  const replica = await (await HandReplica.connect(server.port)).synchronize(4000);
  const { replid, offset } = replica;
  replica.close();
  await write(client, 3_000_000);
  using back = await HandReplica.connect(server.port);
  assert.match(await back.psync(replid, offset + 1, 4000), /^\+CONTINUE/);
});

test("other reasons have their names", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  const ask = async (replid: string, offset: number): Promise<string> => {
    using replica = await HandReplica.connect(server.port);
    await replica.psync(replid, offset, 5000);
    return (await lastResync(client)).reason;
  };
  using first = await (await HandReplica.connect(server.port)).synchronize(4000);
  assert.equal(await ask("a".repeat(40), 1), "other-history");
  assert.equal(await ask(first.replid, first.offset + 1000), "replica-ahead");
  using old = await HandReplica.connect(server.port);
  old.send("SYNC");
  await old.line();
  assert.equal((await lastResync(client)).reason, "old-protocol");
});

test("a history with a new id cannot be continued", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  using replica = await (await HandReplica.connect(server.port)).synchronize();
  assert.equal(await client.call("DEBUG", "CHANGE-REPL-ID"), "OK");
  using back = await HandReplica.connect(server.port);
  assert.match(await back.psync(replica.replid, replica.offset + 1), /^\+FULLRESYNC/);
  assert.equal((await lastResync(client)).reason, "other-history");
});

test("a limit for replicas that is smaller than the backlog is warned of", () => {
  const warningOf = (limit: string, size: string): string | null =>
    limitWarning(optionsOf({ "client-output-buffer-limit": limit, "repl-backlog-size": size }).values);
  assert.equal(warningOf("replica 2mb 2mb 60", "1mb"), null);
  assert.equal(warningOf("replica 0 0 0", "1gb"), null);
  assert.match(
    warningOf("replica 1mb 0 0", "2mb")!,
    /hard limit 1048576 is smaller than repl-backlog-size 2097152/,
  );
  assert.match(warningOf("replica 8mb 1mb 60", "2mb")!, /soft limit 1048576 .* longer than 60 seconds/);
});

test("RESYNCS takes a positive count", async () => {
  await using server = await TidemarkHere.start(SETTINGS);
  using client = await server.client();
  for (const count of ["0", "-1", "x"])
    await assert.rejects(client.call("RESYNCS", count), /count must be a positive integer/);
});
