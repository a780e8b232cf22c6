/** A disk that fails while the append-only file is switched on or off, or is off, and while rewrites go on beside that. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Directives } from "../support/product.js";
import { SimulatedServer } from "../support/simulated-server.js";

class Machine extends SimulatedServer {
  async set(name: string, value: string): Promise<void> {
    await this.says("+OK\r\n", "CONFIG", "SET", name, value);
  }

  files(): string[] {
    return this.disk.list("/data/appendonlydir") ?? [];
  }

  /** The list after kill -9 and a new start. */
  async listAfterKill(directives: Directives): Promise<unknown> {
    const again = await Machine.start(directives, this.rebooted());
    return again.call("LRANGE", "list", "0", "-1");
  }
}

const ON = { appendonly: "yes", appendfsync: "always" };

for (const layout of ["multi-part", "single"])
  test(`switched off before its file was made, it has no file (aof-layout ${layout})`, async () => {
    const directives = { ...ON, "aof-layout": layout };
    const machine = await Machine.start(directives);
    await machine.says(":1\r\n", "RPUSH", "list", "1");
    await machine.set("appendonly", "no");
    await machine.advance(10);
    machine.tell("CONFIG", "SET", "appendonly", "yes");
    machine.tell("CONFIG", "SET", "appendonly", "no");
    await machine.advance(20);
    await machine.says(":2\r\n", "RPUSH", "list", "2");
    // Its base fails: what came before it would be missing in a file that goes on behind it.
    const full = machine.disk.fail({ operation: "write", path: layout === "single" ? "temp-" : ".base." });
    await machine.say("BGREWRITEAOF");
    await machine.rewritten();
    full.stop();
    await machine.says(":3\r\n", "RPUSH", "list", "3");
    assert.deepEqual(await machine.listAfterKill(directives), ["1"]);
  });

test("a file that was switched on is mended after a failed sync like any other", async () => {
  const machine = await Machine.start({ ...ON, appendonly: "no", appendfsync: "no" });
  await machine.set("appendonly", "yes");
  await machine.rewritten();
  await machine.says(":1\r\n", "RPUSH", "list", "1");
  machine.disk.fail({ operation: "sync", times: 1 });
  await machine.set("appendfsync", "always");
  await machine.advance(2500);
  await machine.says(":2\r\n", "RPUSH", "list", "2");
  await machine.rewritten();
  assert.deepEqual(await machine.listAfterKill(ON), ["1", "2"]);
});

test("a new file that could not be synced is begun anew at once, however often its rewrite has failed before", async () => {
  const machine = await Machine.start({ ...ON, appendonly: "no" });
  const full = machine.disk.fail({ operation: "write", path: ".base." });
  await machine.set("appendonly", "yes");
  await machine.platform.clock.until("the limit holds", () => /triggered the limit/.test(machine.output));
  machine.disk.fail({ operation: "sync", path: ".incr.", times: 1 });
  assert.match(await machine.say("RPUSH", "list", "1"), /^-MISCONF/);
  full.stop();
  await machine.advance(1500);
  assert.match(await machine.say("RPUSH", "list", "2"), /^:/);
  await machine.rewritten();
  const list = (await machine.listAfterKill(ON)) as string[];
  assert.equal(list.at(-1), "2");
});

test("a new file that cannot be opened does not cost the one that it would have replaced", async () => {
  const machine = await Machine.start({ ...ON, appendonly: "no" });
  const full = machine.disk.fail({ operation: "write", path: ".base.", times: 2 });
  // Each new file is opened to be drafted, and then to be read and to be appended to.
  const failure = machine.disk.fail({ operation: "open", path: ".incr.", after: 7 });
  await machine.set("appendonly", "yes");
  await machine.platform.clock.until("the limit holds", () => /triggered the limit/.test(machine.output));
  full.stop();
  failure.stop();
  assert.match(machine.output, /EIO: simulated failure, open '\S+\.incr\./);
  await machine.advance(1500);
  assert.match(await machine.say("RPUSH", "list", "1"), /^:1/);
});

test("a file that is switched off while it is broken is complete before a rewrite begins: nothing is twice", async () => {
  const machine = await Machine.start({ ...ON, appendfsync: "everysec" });
  // Many pieces, so that the new file takes longer than the rewrite.
  for (let n = 1; n <= 30; n++) await machine.says(`:${n}\r\n`, "RPUSH", "list", String(n));
  const unsynced = machine.disk.fail({ operation: "sync", path: ".incr." });
  await machine.advance(1200);
  unsynced.stop();
  await machine.set("appendonly", "no");
  await machine.say("BGREWRITEAOF");
  await machine.advance(50);
  await machine.rewritten();
  await machine.advance(50);
  const expected = Array.from({ length: 30 }, (_, index) => String(index + 1));
  assert.deepEqual(await machine.listAfterKill(ON), expected);
});

test("a draft that could be neither completed nor removed does not spoil the next one of its name", async () => {
  const machine = await Machine.start(ON);
  await machine.says(":1\r\n", "RPUSH", "list", "1");
  machine.disk.fail({ operation: "syncDirectory", times: 1 });
  const stuck = machine.disk.fail({ operation: "remove", path: ".2.incr." });
  await machine.say("BGREWRITEAOF");
  await machine.rewritten();
  assert.ok(machine.files().includes("appendonly.aof.2.incr.aof"));
  await machine.say("BGREWRITEAOF");
  await machine.rewritten();
  stuck.stop();
  await machine.says(":2\r\n", "RPUSH", "list", "2");
  assert.deepEqual(await machine.listAfterKill(ON), ["1", "2"]);
});

test("the new file that has taken over from a broken one is found, whatever number a rewrite had taken", async () => {
  const machine = await Machine.start({ ...ON, appendfsync: "everysec" });
  await machine.advance(1500);
  await machine.says(":1\r\n", "RPUSH", "list", "1");
  machine.disk.fail({ operation: "sync", path: ".1.incr.", times: 1 });
  machine.disk.fail({ operation: "open", path: "manifest" });
  await machine.say("BGREWRITEAOF");
  await machine.advance(50);
  assert.ok(machine.files().includes("appendonly.aof.3.incr.aof"), machine.files().join(" "));
  assert.deepEqual(await machine.listAfterKill(ON), ["1"]);
});

for (const times of [1, 1000])
  test(`a new file whose manifest could not be written does not keep the next start from going on (${times})`, async () => {
    const machine = await Machine.start(ON);
    await machine.says(":1\r\n", "RPUSH", "list", "1");
    await machine.set("appendonly", "no");
    await machine.say("BGREWRITEAOF");
    await machine.rewritten();
    const failure = machine.disk.fail({ operation: "open", path: "manifest", times });
    await machine.set("appendonly", "yes");
    await machine.advance(2);
    machine.tell("RPUSH", "list", "2");
    await machine.platform.clock.until("it has failed", () =>
      /Error trying to put the rewritten AOF in its place/.test(machine.output),
    );
    await machine.set("appendonly", "no");
    failure.stop();
    await machine.advance(20);
    assert.deepEqual(await machine.listAfterKill(ON), ["1"]);
  });

test("a disk that fails while a rewrite runs and the append-only file is off costs the rewrite alone", async () => {
  const machine = await Machine.start(ON);
  await machine.set("appendonly", "no");
  await machine.advance(10);
  const { threads } = machine.platform;
  const pace = threads.stepsAtOnce;
  threads.stepsAtOnce = 0;
  await machine.say("BGREWRITEAOF");
  const failure = machine.disk.fail({ operation: "read", path: "manifest" });
  await machine.advance(500);
  threads.stepsAtOnce = pace;
  await machine.rewritten();
  failure.stop();
  await machine.says("+PONG\r\n", "PING");
});
