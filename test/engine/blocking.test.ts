/** Clients that wait, on a machine whose time and disk are in the test's hand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tidemark } from "#tidemark/index.js";
import { type SimulatedPlatform, simulatedPlatform } from "../support/platform.js";
import { type Directives, launchSimulated } from "../support/product.js";
import type { WireClient } from "../support/wire.js";

const SEED = 11;

/** A server, and clients that speak to it while time stands still. */
class Machine {
  private constructor(
    readonly platform: SimulatedPlatform,
    private readonly server: Tidemark,
    readonly admin: WireClient,
  ) {}

  static async start(directives: Directives = {}): Promise<Machine> {
    const platform = simulatedPlatform(SEED);
    const server = await launchSimulated(platform, directives);
    return new Machine(platform, server, await platform.network.client(6379));
  }

  client(): Promise<WireClient> {
    return this.platform.network.client(6379);
  }

  /** Sends, and lets the server take it. */
  async send(client: WireClient, ...words: string[]): Promise<void> {
    client.send(...words);
    await this.platform.clock.advance(0);
  }

  async receive(client: WireClient): Promise<string> {
    return (await this.platform.clock.run(client.receive(), 5000)).raw.toString();
  }

  async say(...words: string[]): Promise<string> {
    this.admin.send(...words);
    return this.receive(this.admin);
  }

  pass(ms: number): Promise<void> {
    return this.platform.clock.advance(ms);
  }

  close(): Promise<void> {
    return this.platform.clock.run(this.server.close());
  }
}

test("a wait ends when its time is over, and not before", async () => {
  const machine = await Machine.start();
  const client = await machine.client();
  for (const [timeout, ms] of [
    ["0.5", 500],
    ["2", 2000],
    ["0.0101", 11],
    ["0.0000001", 1],
    ["1e-1", 100],
  ] as const) {
    await machine.send(client, "BLPOP", "a", "b", timeout);
    await machine.pass(ms - 0.5);
    assert.equal(client.hasArrivals, false, timeout);
    await machine.pass(1);
    assert.equal(await machine.receive(client), "*-1\r\n", timeout);
  }
  assert.match(
    await machine.say("INFO", "clients"),
    /blocked_clients:0\r\n.*clients_in_timeout_table:0\r\n/s,
  );
  await machine.send(client, "HELLO", "3");
  await machine.receive(client);
  await machine.send(client, "BLMOVE", "a", "b", "LEFT", "LEFT", "0.1");
  assert.equal(await machine.receive(client), "_\r\n");
  await machine.close();
});

test("0 is for ever, and who was served is not disturbed when its time would have been over", async () => {
  const machine = await Machine.start();
  const [forever, served] = [await machine.client(), await machine.client()];
  await machine.send(forever, "BLPOP", "never", "0");
  await machine.send(served, "BLPOP", "l", "1");
  await machine.pass(500);
  await machine.say("RPUSH", "l", "x");
  assert.equal(await machine.receive(served), "*2\r\n$1\r\nl\r\n$1\r\nx\r\n");
  await machine.send(served, "BLPOP", "l", "0");
  await machine.pass(60_000);
  assert.equal(forever.hasArrivals || served.hasArrivals, false);
  assert.match(
    await machine.say("INFO", "clients"),
    /blocked_clients:2\r\n.*clients_in_timeout_table:0\r\n/s,
  );
  await machine.close();
});

test("time goes on during a pause, and what comes behind waits for its end", async () => {
  const machine = await Machine.start();
  const client = await machine.client();
  await machine.send(client, "BLPOP", "l", "1");
  await machine.send(client, "SET", "late", "1");
  await machine.say("CLIENT", "PAUSE", "3000", "ALL");
  await machine.pass(1001);
  assert.equal(await machine.receive(client), "*-1\r\n");
  await machine.pass(1000);
  assert.equal(client.hasArrivals, false);
  await machine.pass(1500);
  assert.equal(await machine.receive(client), "+OK\r\n");
  await machine.close();
});

test("INFO counts the keys that are waited for, in all databases", async () => {
  const machine = await Machine.start();
  const [one, two] = [await machine.client(), await machine.client()];
  await machine.send(one, "BLPOP", "a", "b", "a", "0");
  await machine.send(two, "SELECT", "1");
  await machine.send(two, "BZPOPMIN", "a", "0");
  const fields = /total_blocking_keys:3\r\ntotal_blocking_keys_on_nokey:0\r\n/;
  assert.match(await machine.say("INFO", "clients"), fields);
  one.close();
  await machine.pass(2);
  await machine.say("SWAPDB", "0", "1");
  assert.match(await machine.say("INFO", "clients"), /total_blocking_keys:1\r\n/);
  two.close();
  await machine.pass(2);
  assert.match(await machine.say("INFO", "clients"), /total_blocking_keys:0\r\n/);
  await machine.close();
});

test("a command that waits is counted once, when it has ended, without its wait", async () => {
  const machine = await Machine.start({ "slowlog-log-slower-than": "0" });
  const [client, monitor] = [await machine.client(), await machine.client()];
  await machine.send(monitor, "MONITOR");
  await machine.receive(monitor);
  await machine.send(client, "BLPOP", "l", "100");
  await machine.pass(10_000);
  assert.doesNotMatch(await machine.say("INFO", "commandstats"), /cmdstat_blpop/);
  assert.doesNotMatch(await machine.say("SLOWLOG", "GET"), /blpop/i);
  await machine.say("RPUSH", "l", "x");
  await machine.receive(client);
  const stats = (calls: number, failed: number): RegExp =>
    new RegExp(
      `cmdstat_blpop:calls=${calls},usec=0,usec_per_call=0.00,rejected_calls=0,failed_calls=${failed}`,
    );
  assert.match(await machine.say("INFO", "commandstats"), stats(1, 0));
  assert.equal((await machine.say("SLOWLOG", "GET")).match(/blpop/gi)?.length, 1);
  await machine.send(client, "BLPOP", "l", "1");
  await machine.pass(1100);
  assert.equal(await machine.receive(client), "*-1\r\n");
  await machine.send(client, "CLIENT", "ID");
  const id = (await machine.receive(client)).slice(1, -2);
  await machine.send(client, "BLPOP", "l", "1");
  await machine.say("CLIENT", "UNBLOCK", id, "ERROR");
  assert.match(await machine.receive(client), /^-UNBLOCKED /);
  assert.match(await machine.say("INFO", "commandstats"), stats(3, 1));
  assert.match(await machine.say("INFO", "errorstats"), /errorstat_UNBLOCKED:count=1\r\n/);
  assert.match(await machine.say("INFO", "latencystats"), /latency_percentiles_usec_blpop:p50=/);
  let lines = "";
  while (monitor.hasArrivals) lines += await machine.receive(monitor);
  assert.equal(lines.match(/"BLPOP"/g)?.length, 3);
  await machine.close();
});

test("always: the reply of who was served waits for the device as that of the push does", async () => {
  const machine = await Machine.start({ appendonly: "yes", appendfsync: "always" });
  const [client, next, pusher] = [await machine.client(), await machine.client(), await machine.client()];
  await machine.send(client, "BLMOVE", "l", "m", "LEFT", "LEFT", "0");
  await machine.send(next, "BLPOP", "m", "0");
  machine.platform.disk.hold();
  await machine.send(pusher, "RPUSH", "l", "x");
  await machine.pass(100);
  assert.equal(client.hasArrivals || next.hasArrivals || pusher.hasArrivals, false);
  machine.platform.disk.release();
  assert.equal(await machine.receive(pusher), ":1\r\n");
  assert.equal(await machine.receive(client), "$1\r\nx\r\n");
  assert.equal(await machine.receive(next), "*2\r\n$1\r\nm\r\n$1\r\nx\r\n");
  await machine.close();
});

test("always: nobody is told that nothing came before that is certain", async () => {
  const machine = await Machine.start({ appendonly: "yes", appendfsync: "always" });
  const [client, other] = [await machine.client(), await machine.client()];
  await machine.say("RPUSH", "l", "x");
  machine.platform.disk.hold();
  await machine.send(other, "LPOP", "l");
  await machine.send(client, "BLPOP", "l", "0.1");
  await machine.pass(500);
  assert.equal(client.hasArrivals, false);
  machine.platform.disk.release();
  assert.equal(await machine.receive(client), "*-1\r\n");
  await machine.close();
});

test("a disk that fails: who would have been served gets the error that the push gets", async () => {
  const machine = await Machine.start({ appendonly: "yes", appendfsync: "always" });
  const [client, pusher] = [await machine.client(), await machine.client()];
  await machine.send(client, "BLPOP", "l", "0");
  const broken = machine.platform.disk.fail({ operation: "write", code: "ENOSPC" });
  await machine.send(pusher, "RPUSH", "l", "x");
  assert.match(await machine.receive(pusher), /^-MISCONF /);
  assert.match(await machine.receive(client), /^-MISCONF /);
  broken.stop();
  await machine.pass(1500);
  assert.equal(await machine.say("PING"), "+PONG\r\n");
  await machine.close();
});

test("a command that runs again passes the gate again", async () => {
  const machine = await Machine.start();
  const client = await machine.client();
  await machine.say("RPUSH", "other", "x");
  await machine.send(client, "BLMOVE", "l", "m", "LEFT", "LEFT", "0");
  await machine.say("CONFIG", "SET", "maxmemory", "1");
  await machine.say("RENAME", "other", "l");
  assert.match(await machine.receive(client), /^-OOM /);
  await machine.say("CONFIG", "SET", "maxmemory", "0");
  assert.equal(await machine.say("LRANGE", "l", "0", "-1"), "*1\r\n$1\r\nx\r\n");
  assert.match(await machine.say("INFO", "commandstats"), /cmdstat_blmove:calls=0,.*,rejected_calls=1,/);
  await machine.close();
});

for (const appendfsync of ["always", "everysec"])
  test(`${appendfsync}: clients that wait survive the loading of the dataset`, async () => {
    const machine = await Machine.start({ appendonly: "yes", appendfsync });
    const client = await machine.client();
    await machine.say("SET", "key", "value");
    await machine.send(client, "BLPOP", "l", "0");
    assert.equal(await machine.say("DEBUG", "LOADAOF"), "+OK\r\n");
    assert.equal(await machine.say("RPUSH", "l", "x"), ":1\r\n");
    assert.equal(await machine.receive(client), "*2\r\n$1\r\nl\r\n$1\r\nx\r\n");
    await machine.close();
  });

test("the end of the server is the end of all waits", async () => {
  const machine = await Machine.start();
  const clients = await Promise.all(Array.from({ length: 20 }, () => machine.client()));
  for (const [index, client] of clients.entries())
    await machine.send(client, "BLPOP", "l", String(index * 100));
  await machine.close();
  for (const client of clients) await machine.platform.clock.run(client.closed());
  assert.equal(machine.platform.clock.timers, 0);
});
