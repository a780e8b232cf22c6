/**
 * The cut of a rewrite on a slow device: the loop never stands still for it, writes wait, and what has waited is in the
 * files once, in order, whatever becomes of the rewrite.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { afterEveryOperation } from "../persistence/crash-states.js";
import { SimulatedServer } from "../support/simulated-server.js";

const DIRECTIVES = { appendonly: "yes", "auto-aof-rewrite-percentage": "0" };

class Server extends SimulatedServer {
  private readonly writer = this.connect();

  /** A write that is in flight; gives back its reply, once there is one. */
  push(value: string): { reply: string | null } {
    const sent: { reply: string | null } = { reply: null };
    void this.writer
      .then((writer) => writer.reply("RPUSH", "list", value))
      .then(({ raw }) => {
        sent.reply = raw.toString();
      })
      // Without a reply it stays null, which is what the tests look at.
      .catch(() => {});
    return sent;
  }

  async rewritesWith(status: string): Promise<void> {
    await this.rewritten();
    assert.equal(await this.info("aof_last_bgrewrite_status"), status);
  }

  /** Rewrites up to the cut, with a device that answers nothing from then on. */
  async cut(): Promise<void> {
    const { clock, disk } = this.platform;
    // All that there is is synced, so the next sync of the file is its last one.
    await clock.advance(2500);
    let isDrafted = false;
    afterEveryOperation(disk, (operation) => {
      if (operation === "syncDirectory" && !isDrafted) disk.hold();
      isDrafted ||= operation === "syncDirectory";
    });
    assert.match(await this.say("BGREWRITEAOF"), /started/);
    await clock.until("the device is asked", () => disk.holding > 0);
  }
}

const CASES = ["multi-part", "single"].flatMap((layout) =>
  ["always", "everysec", "no"].map((policy) => ({ layout, policy })),
);

for (const { layout, policy } of CASES)
  test(`a rewrite under load syncs nothing on the loop (aof-layout ${layout}, appendfsync ${policy})`, async () => {
    const server = await Server.start({
      ...DIRECTIVES,
      "aof-history-retention": layout === "single" ? "" : "count 1",
      "aof-layout": layout,
      appendfsync: policy,
    });
    const { disk, clock } = server.platform;
    const before = disk.syncedInPlace.length;
    for (let round = 0; round < 2; round++) {
      await server.say("BGREWRITEAOF");
      for (let i = 0; i < 20; i++) {
        server.push("x");
        await clock.advance(1);
      }
      await server.rewritesWith("ok");
    }
    await clock.advance(100);
    // The thread waits for its own syncs.
    const own = /base\.rdb|temp-rewriteaof-/;
    assert.deepEqual(
      disk.syncedInPlace.slice(before).filter((path) => !own.test(path)),
      [],
    );
  });

for (const policy of ["always", "everysec", "no"])
  test(`who goes on writing while a cut holds the replies has them all soon behind it (appendfsync ${policy})`, async () => {
    const server = await Server.start({ ...DIRECTIVES, appendfsync: policy });
    const sent: { reply: string | null }[] = [];
    await server.say("BGREWRITEAOF");
    for (let i = 0; i < 30; i++) {
      sent.push(server.push("x"));
      await server.advance(1);
    }
    await server.advance(10);
    assert.deepEqual(
      sent.map(({ reply }) => reply),
      sent.map((_, index) => `:${index + 1}\r\n`),
    );
  });

const INCR_2 = "/data/appendonlydir/appendonly.aof.2.incr.aof";

for (const policy of ["always", "everysec"])
  test(`while the device is busy with the cut, reads are answered and writes wait (appendfsync ${policy})`, async () => {
    const directives = { ...DIRECTIVES, appendfsync: policy };
    const server = await Server.start(directives);
    const { clock, disk } = server.platform;
    server.push("before");
    await clock.advance(50);
    await server.cut();
    const waiting = server.push("after");
    await clock.advance(500);
    assert.equal(await server.say("LLEN", "nothing"), ":0\r\n");
    assert.equal(waiting.reply, null);
    const before = disk.afterProcessDeath();
    disk.release();
    await clock.until("the write is answered", () => waiting.reply === ":2\r\n");
    await server.rewritesWith("ok");
    assert.match(String(disk.readFile(INCR_2)), /after/);
    for (const [state, list] of [
      [before, "*1\r\n$6\r\nbefore\r\n"],
      [disk.afterProcessDeath(), "*2\r\n$6\r\nbefore\r\n$5\r\nafter\r\n"],
    ] as const) {
      const again = await Server.start(directives, server.rebooted(state));
      assert.equal(await again.say("LRANGE", "list", "0", "-1"), list);
    }
  });

for (const [what, failure, reply] of [
  ["the sync of the running file", { operation: "sync", path: "1.incr" }, /^-MISCONF/],
  ["the change of the manifest", { operation: "rename", path: "manifest" }, /^:2/],
] as const)
  test(`${what} fails at the cut: what has waited goes on in order, and the next rewrite succeeds`, async () => {
    const server = await Server.start(DIRECTIVES);
    const { clock, disk } = server.platform;
    server.push("1");
    await clock.advance(50);
    await server.cut();
    const waiting = server.push("2");
    await clock.advance(10);
    const { stop } = disk.fail(failure);
    disk.release();
    await clock.advance(20);
    stop();
    await clock.until("the write is answered", () => waiting.reply !== null);
    assert.match(waiting.reply!, reply);
    await server.rewritesWith("err");
    await clock.advance(2500);
    assert.equal(await server.say("RPUSH", "list", "3"), ":3\r\n");
    const failed = disk.afterProcessDeath();
    await server.say("BGREWRITEAOF");
    await server.rewritesWith("ok");
    assert.equal(await server.say("RPUSH", "list", "4"), ":4\r\n");
    for (const [state, numbers] of [
      [failed, ["1", "2", "3"]],
      [disk.afterProcessDeath(), ["1", "2", "3", "4"]],
    ] as const) {
      const again = await Server.start(DIRECTIVES, server.rebooted(state));
      const list = `*${numbers.length}\r\n${numbers.map((number) => `$1\r\n${number}\r\n`).join("")}`;
      assert.equal(await again.say("LRANGE", "list", "0", "-1"), list);
    }
  });

test("a sync fails before the cut: the file that takes over is not the one that the rewrite gives up", async () => {
  const server = await Server.start(DIRECTIVES);
  const { clock, disk } = server.platform;
  await clock.advance(2500);
  assert.equal(await server.say("RPUSH", "list", "1"), ":1\r\n");
  disk.fail({ operation: "sync", path: "1.incr", times: 1 });
  await server.say("BGREWRITEAOF");
  await server.rewritesWith("err");
  await clock.advance(2500);
  assert.equal(await server.say("RPUSH", "list", "2"), ":2\r\n");
  const again = await Server.start(DIRECTIVES, server.rebooted(disk.afterProcessDeath()));
  assert.equal(await again.say("LRANGE", "list", "0", "-1"), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
});

test("a rewrite that is asked for while a new file is about to take over leaves that file alone", async () => {
  const server = await Server.start(DIRECTIVES);
  const { clock, disk } = server.platform;
  await clock.advance(2500);
  assert.equal(await server.say("RPUSH", "list", "1"), ":1\r\n");
  const { stop } = disk.fail({ operation: "sync", path: "1.incr" });
  await clock.advance(3500);
  assert.equal(await server.info("aof_last_write_status"), "err");
  await server.say("BGREWRITEAOF");
  await clock.advance(50);
  stop();
  await clock.advance(2500);
  assert.equal(await server.say("RPUSH", "list", "2"), ":2\r\n");
  const again = await Server.start(DIRECTIVES, server.rebooted(disk.afterProcessDeath()));
  assert.equal(await again.say("LRANGE", "list", "0", "-1"), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
});
