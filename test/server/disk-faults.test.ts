/** The whole server on a disk that fails: it stays up, says why it refuses, reads on, and recovers by itself. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tidemark } from "#tidemark/index.js";
import { type SimulatedPlatform, simulatedPlatform } from "../support/platform.js";
import { launchSimulated } from "../support/product.js";

const SEED = 7;

interface Machine {
  readonly platform: SimulatedPlatform;
  readonly server: Tidemark;
  /** The reply's bytes as text. */
  say(...words: string[]): Promise<string>;
}

async function machine(policy: string): Promise<Machine> {
  const platform = simulatedPlatform(SEED);
  const server = await launchSimulated(platform, { appendonly: "yes", appendfsync: policy });
  const client = await platform.network.client(6379);
  const say = async (...words: string[]): Promise<string> =>
    (await platform.clock.run(client.reply(...words))).raw.toString();
  return { platform, server, say };
}

for (const policy of ["always", "everysec", "no"]) {
  test(`${policy}: a full disk refuses writes with the reason, reads go on, and room is enough to recover`, async () => {
    const { platform, server, say } = await machine(policy);
    assert.equal(await say("SET", "before", "1"), "+OK\r\n");
    const full = platform.disk.fail({ operation: "write", code: "ENOSPC" });
    const unsafe = await say("SET", "during", "1");
    assert.match(
      unsafe,
      /^-MISCONF Errors writing to the AOF file: No space left on device/,
      "never a success",
    );
    assert.match(
      await say("SET", "refused", "1"),
      /^-MISCONF Errors writing to the AOF file: No space left on device/,
    );
    assert.equal(await say("GET", "before"), "$1\r\n1\r\n");
    assert.match(await say("INFO", "persistence"), /aof_last_write_status:err/);
    full.stop();
    await platform.clock.advance(1500);
    assert.equal(await say("SET", "after", "1"), "+OK\r\n");
    assert.match(await say("INFO", "persistence"), /aof_last_write_status:ok/);
    await platform.clock.run(server.close());
    const rebooted = platform.rebooted(platform.disk.afterPowerLoss("synced"));
    const again = await launchSimulated(rebooted, { appendonly: "yes" });
    const client = await rebooted.network.client(6379);
    assert.deepEqual(await rebooted.clock.run(client.call("MGET", "before", "during", "refused", "after")), [
      "1",
      "1",
      null,
      "1",
    ]);
    await rebooted.clock.run(again.close());
  });
}

test("always: a failed fsync is answered with an error, and the log goes on in a new file", async () => {
  const { platform, server, say } = await machine("always");
  assert.equal(await say("SET", "before", "1"), "+OK\r\n");
  platform.disk.fail({ operation: "sync", code: "EIO", times: 1 });
  assert.match(
    await say("SET", "during", "1"),
    /^-MISCONF Errors writing to the AOF file: Input\/output error/,
  );
  await platform.clock.advance(1500);
  assert.equal(await say("SET", "after", "1"), "+OK\r\n");
  assert.ok((platform.disk.list("/data/appendonlydir") ?? []).includes("appendonly.aof.2.incr.aof"));
  await platform.clock.run(server.close());
});

test("a shutdown that the disk does not allow is refused, and the server goes on", async () => {
  const { platform, server, say } = await machine("everysec");
  assert.equal(await say("SET", "key", "1"), "+OK\r\n");
  const broken = platform.disk.fail({ operation: "sync", code: "EIO" });
  assert.match(await say("SHUTDOWN"), /^-ERR Errors trying to SHUTDOWN/);
  assert.equal(await say("GET", "key"), "$1\r\n1\r\n");
  broken.stop();
  await platform.clock.advance(1500);
  assert.equal(await say("SET", "key", "2"), "+OK\r\n");
  await platform.clock.run(server.close());
});

for (const policy of ["everysec", "always"])
  test(`a failed sync behind writes that were left to the system is mended by a rewrite (${policy})`, async () => {
    const { platform, server, say } = await machine("no");
    assert.equal(await say("SET", "key", "1"), "+OK\r\n");
    platform.disk.fail({ operation: "sync", code: "EIO", times: 1 });
    assert.equal(await say("CONFIG", "SET", "appendfsync", policy), "+OK\r\n");
    await platform.clock.advance(1500);
    // Under `always` its reply waits for the rewrite.
    assert.equal(await say("SET", "other", "1"), "+OK\r\n");
    await platform.clock.until("the rewrite has ended", () =>
      (platform.disk.list("/data/appendonlydir") ?? []).some((name) => name.includes(".2.base.")),
    );
    assert.equal(await say("WAITAOF", "1", "0", "0"), "*2\r\n:1\r\n:0\r\n");
    const rebooted = platform.rebooted(platform.disk.afterPowerLoss("synced"));
    const again = await launchSimulated(rebooted, { appendonly: "yes" });
    const client = await rebooted.network.client(6379);
    assert.deepEqual(await rebooted.clock.run(client.call("MGET", "key", "other")), ["1", "1"]);
    await rebooted.clock.run(again.close());
    await platform.clock.run(server.close());
  });

test("a rewrite that alone can mend the file is tried until it succeeds, and soon while replies wait for it", async () => {
  const { platform, say } = await machine("no");
  assert.equal(await say("SET", "key", "1"), "+OK\r\n");
  platform.disk.fail({ operation: "sync", path: ".incr.", times: 1 });
  const full = platform.disk.fail({ operation: "write", path: ".base." });
  assert.equal(await say("CONFIG", "SET", "appendfsync", "always"), "+OK\r\n");
  await platform.clock.until("the limit holds", () => /triggered the limit/.test(platform.host.output));
  full.stop();
  let reply = "";
  void say("SET", "key", "2").then((text) => {
    reply = text;
  });
  await platform.clock.advance(1500);
  assert.equal(reply, "+OK\r\n");
});

test("CONFIG SET appendonly yes says at once when no file can be made, and the log says which", async () => {
  const platform = simulatedPlatform(SEED);
  const server = await launchSimulated(platform, { appendonly: "no" });
  const client = await platform.network.client(6379);
  const say = async (...words: string[]): Promise<string> =>
    (await platform.clock.run(client.reply(...words))).raw.toString();
  const full = platform.disk.fail({ operation: "open", code: "ENOSPC" });
  assert.equal(
    await say("CONFIG", "SET", "appendonly", "yes"),
    "-ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF. Check server logs.\r\n",
  );
  assert.match(
    platform.host.output,
    /Can't open the append-only file \/data\/appendonlydir\/temp-\S+: No space left on device/,
  );
  assert.match(await say("CONFIG", "GET", "appendonly"), /\r\nno\r\n/);
  full.stop();
  assert.equal(await say("CONFIG", "SET", "appendonly", "yes"), "+OK\r\n");
  await platform.clock.run(server.close());
});
