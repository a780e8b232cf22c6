/** BGREWRITEAOF, the automatic trigger, and CONFIG SET appendonly, on a simulated machine. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sameReplies } from "../../support/compare.js";
import { simulatedPlatform } from "../../support/platform.js";
import type { Directives } from "../../support/product.js";
import { SimulatedServer } from "../../support/simulated-server.js";

const DIRECTORY = "/data/appendonlydir";

sameReplies("BGREWRITEAOF with an argument", "BGREWRITEAOF x");

class World extends SimulatedServer {
  async fill(count: number): Promise<void> {
    for (let from = 0; from < count; from += 500) {
      const words = ["MSET"];
      for (let i = from; i < Math.min(from + 500, count); i++) words.push(`key:${i}`, `value of ${i}`);
      await this.say(...words);
    }
  }

  get files(): string[] {
    return this.disk.list(DIRECTORY) ?? [];
  }

  content(name: string): string {
    return this.disk.readFile(`${DIRECTORY}/${name}`)!.toString("latin1");
  }

  /** A start on what is on the disk now. */
  async again(directives: Directives = ON): Promise<World> {
    return World.start(directives, this.rebooted());
  }
}

const ON = { appendonly: "yes" } as const;
const SECOND = ["appendonly.aof.2.base.rdb", "appendonly.aof.2.incr.aof", "appendonly.aof.manifest"];

describe("BGREWRITEAOF", () => {
  for (const preamble of ["yes", "no"])
    it(`replaces all files (aof-use-rdb-preamble ${preamble})`, async () => {
      const world = await World.start({ ...ON, "aof-use-rdb-preamble": preamble });
      await world.say("SELECT", "5");
      for (const line of [
        "SET s text",
        "RPUSH l a b c",
        "SADD set 1 2 3",
        "HSET h f v",
        "ZADD z 1.5 m",
        "INCR n",
      ])
        await world.say(...line.split(" "));
      await world.say("SET", "e", "x", "PX", "100000");
      assert.match(await world.say("BGREWRITEAOF"), /^\+Background append only file rewriting started/);
      assert.match(
        await world.say("BGREWRITEAOF"),
        /^-ERR Background append only file rewriting already in progress/,
      );
      await world.platform.clock.until("the cut", () =>
        world.content("appendonly.aof.manifest").includes("2.incr"),
      );
      await world.say("INCR", "n");
      await world.rewritten();
      const base = `appendonly.aof.2.base.${preamble === "yes" ? "rdb" : "aof"}`;
      assert.deepEqual(world.files, [base, ...SECOND.slice(1)]);
      assert.match(world.content("appendonly.aof.2.incr.aof"), /SELECT\r\n\$1\r\n5\r\n\*2\r\n\$4\r\nINCR/);
      assert.equal(await world.info("aof_last_bgrewrite_status"), "ok");
      assert.equal(await world.info("aof_rewrites"), "1");
      assert.equal(await world.info("aof_last_rewrite_time_sec"), "0");
      const digest = await world.say("DEBUG", "DIGEST");
      const again = await world.again();
      assert.equal(await again.say("DEBUG", "DIGEST"), digest);
      assert.equal(await again.info("aof_base_size"), String(world.content(base).length));
    });

  it("a base of commands has big collections in pieces of 64", async () => {
    const world = await World.start({ ...ON, "aof-use-rdb-preamble": "no" });
    const numbers = Array.from({ length: 130 }, (_, index) => String(index));
    await world.say("RPUSH", "l", ...numbers);
    await world.say("SADD", "s", ...numbers.map((n) => `member ${n}`));
    await world.say("ZADD", "z", ...numbers.flatMap((n) => [n, `member ${n}`]));
    await world.say("HSET", "h", ...numbers.flatMap((n) => [`field ${n}`, n]));
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    const base = world.content("appendonly.aof.2.base.aof");
    for (const [name, words] of [
      ["RPUSH", [66, 66, 4]],
      ["SADD", [66, 66, 4]],
      ["ZADD", [130, 130, 6]],
      ["HMSET", [130, 130, 6]],
    ] as const) {
      const counts = [...base.matchAll(new RegExp(`\\*(\\d+)\r\n\\$\\d\r\n${name}\r\n`, "g"))].map((m) =>
        Number(m[1]),
      );
      assert.deepEqual(counts, words, name);
    }
    const digest = await world.say("DEBUG", "DIGEST");
    assert.equal(await (await world.again()).say("DEBUG", "DIGEST"), digest);
  });

  it("waits for a BGSAVE, and a BGSAVE for it", async () => {
    const world = await World.start(ON);
    await world.fill(3000);
    await world.say("BGSAVE");
    assert.match(await world.say("BGREWRITEAOF"), /^\+Background append only file rewriting scheduled/);
    assert.equal(await world.info("aof_rewrite_scheduled"), "1");
    assert.equal(await world.info("aof_pending_rewrite"), "1");
    await world.rewritten();
    assert.equal(await world.info("aof_rewrites"), "1");
    await world.say("BGREWRITEAOF");
    assert.match(await world.say("BGSAVE"), /^-ERR Another child process is active \(AOF\?\)/);
    assert.match(await world.say("BGSAVE", "SCHEDULE"), /^\+Background saving scheduled/);
    await world.rewritten();
    await world.advance(2000);
    assert.equal(await world.info("rdb_saves"), "2");
  });

  it("waits for the end of a transaction", async () => {
    const world = await World.start(ON);
    await world.say("MULTI");
    await world.say("INCR", "n");
    await world.say("BGREWRITEAOF");
    await world.say("INCR", "n");
    assert.match(await world.say("EXEC"), /\+Background append only file rewriting scheduled/);
    await world.rewritten();
    assert.equal(await (await world.again()).say("GET", "n"), "$1\r\n2\r\n");
  });

  it("with the append-only file off makes a base", async () => {
    const world = await World.start();
    await world.fill(10);
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    assert.deepEqual(world.files, ["appendonly.aof.1.base.rdb", "appendonly.aof.manifest"]);
    const again = await world.again();
    assert.equal(await again.say("DBSIZE"), ":10\r\n");
  });

  it("aof-disable-auto-gc keeps what was replaced", async () => {
    const world = await World.start({ ...ON, "aof-disable-auto-gc": "yes" });
    await world.fill(10);
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    assert.equal(world.files.length, 5);
    assert.match(world.content("appendonly.aof.manifest"), /1\.incr\.aof seq 1 type h\n/);
  });

  it("no file gets the name of one that is still to be removed", async () => {
    const world = await World.start({ ...ON, "aof-disable-auto-gc": "yes" });
    await world.say("SET", "a", "1");
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    await world.say("CONFIG", "SET", "appendonly", "no");
    // All incr files are history now.
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    await world.say("CONFIG", "SET", "appendonly", "yes");
    await world.rewritten();
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    await world.say("SET", "b", "1");
    const manifest = world.content("appendonly.aof.manifest");
    const names = [...manifest.matchAll(/^file (\S+)/gm)].map(([, name]) => name);
    assert.equal(new Set(names).size, names.length, manifest);
    const again = await world.again(ON);
    assert.equal(await again.say("MGET", "a", "b"), "*2\r\n$1\r\n1\r\n$1\r\n1\r\n");
  });

  it("begins by itself when the file has grown", async () => {
    const world = await World.start({
      ...ON,
      "auto-aof-rewrite-percentage": "100",
      "auto-aof-rewrite-min-size": "20000",
    });
    for (let i = 0; i < 300; i++) await world.say("SET", "key", "v".repeat(100));
    await world.advance(1000);
    await world.rewritten();
    assert.ok(Number(await world.info("aof_rewrites")) >= 1);
    assert.ok(Number(await world.info("aof_current_size")) < 20_000);
  });

  it("a failure leaves a complete log, and after three in a row the next one waits", async () => {
    const world = await World.start({ ...ON });
    const failure = world.disk.fail({ operation: "write", path: ".base.rdb" });
    for (let i = 1; i <= 3; i++) {
      await world.say("INCR", "n");
      await world.say("BGREWRITEAOF");
      await world.rewritten();
      assert.equal(await world.info("aof_last_bgrewrite_status"), "err");
    }
    await world.say("INCR", "n");
    assert.equal(await (await world.again()).say("GET", "n"), "$1\r\n4\r\n");
    failure.stop();
  });

  it("a manifest that cannot be changed fails the rewrite, at the cut and at the end", async () => {
    for (const after of [0, 1]) {
      const world = await World.start(ON);
      await world.say("INCR", "n");
      const failure = world.disk.fail({ operation: "rename", path: "manifest", after });
      await world.say("BGREWRITEAOF");
      await world.rewritten();
      assert.equal(await world.info("aof_last_bgrewrite_status"), "err");
      await world.say("INCR", "n");
      const again = await world.again();
      assert.equal(await again.say("GET", "n"), "$1\r\n2\r\n");
      failure.stop();
      await again.say("BGREWRITEAOF");
      await again.rewritten();
      assert.equal(await again.info("aof_last_bgrewrite_status"), "ok");
      assert.equal(again.files.length, 3);
    }
  });

  it("makes everything anew when somebody has removed the directory", async () => {
    const world = await World.start(ON);
    await world.say("INCR", "n");
    for (const name of world.files) world.platform.disk.remove(`${DIRECTORY}/${name}`);
    world.platform.disk.remove(DIRECTORY);
    await world.say("INCR", "n");
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    assert.equal(await world.info("aof_last_bgrewrite_status"), "ok");
    assert.deepEqual(world.files, SECOND);
    await world.say("INCR", "n");
    assert.equal(await (await world.again()).say("GET", "n"), "$1\r\n3\r\n");
  });

  it("begins only when there is room", async () => {
    const world = await World.start(ON);
    await world.say("INCR", "n");
    world.disk.room = 1_000_000;
    await world.say("BGREWRITEAOF");
    await world.rewritten();
    assert.equal(await world.info("aof_last_bgrewrite_status"), "err");
    assert.equal(await world.say("INCR", "n"), ":2\r\n");
  });
});

describe("CONFIG SET appendonly", () => {
  it("yes: what there is becomes the base, what comes the log", async () => {
    const world = await World.start();
    await world.fill(3000);
    assert.equal(await world.say("CONFIG", "SET", "appendonly", "yes"), "+OK\r\n");
    await world.say("INCR", "n");
    assert.equal(await world.info("aof_enabled"), "1");
    await world.say("INCR", "n");
    await world.rewritten();
    assert.deepEqual(world.files, [
      "appendonly.aof.1.base.rdb",
      "appendonly.aof.1.incr.aof",
      "appendonly.aof.manifest",
    ]);
    await world.say("INCR", "n");
    const again = await world.again();
    assert.equal(await again.say("GET", "n"), "$1\r\n3\r\n");
    assert.equal(await again.say("DBSIZE"), ":3001\r\n");
  });

  it("no, and yes again: the files of before count until the new ones are complete", async () => {
    const world = await World.start(ON);
    await world.say("SET", "when", "first");
    await world.say("CONFIG", "SET", "appendonly", "no");
    await world.say("SET", "when", "between");
    await world.advance(100);
    assert.equal(await (await world.again()).say("GET", "when"), "$5\r\nfirst\r\n");
  });

  it("no, and yes again at once", async () => {
    const world = await World.start(ON);
    await world.say("SET", "when", "first");
    await world.say("CONFIG", "SET", "appendonly", "no");
    await world.say("CONFIG", "SET", "appendonly", "yes");
    await world.say("SET", "when", "last");
    await world.rewritten();
    assert.deepEqual(world.files, SECOND);
    assert.equal(await (await world.again()).say("GET", "when"), "$4\r\nlast\r\n");
  });

  it("yes during a rewrite begins it anew, yes during a BGSAVE waits", async () => {
    const world = await World.start();
    await world.fill(3000);
    await world.say("BGREWRITEAOF");
    await world.say("CONFIG", "SET", "appendonly", "yes");
    await world.say("INCR", "n");
    await world.rewritten();
    assert.equal(await (await world.again()).say("GET", "n"), "$1\r\n1\r\n");

    const other = await World.start({}, simulatedPlatform(6));
    await other.fill(3000);
    await other.say("BGSAVE");
    await other.say("CONFIG", "SET", "appendonly", "yes");
    assert.equal(await other.info("aof_rewrite_scheduled"), "1");
    await other.rewritten();
    await other.say("INCR", "n");
    assert.equal(await (await other.again()).say("GET", "n"), "$1\r\n1\r\n");
  });

  it("yes, and no before the first rewrite has ended: nothing is left", async () => {
    const world = await World.start();
    await world.fill(3000);
    await world.say("CONFIG", "SET", "appendonly", "yes");
    await world.say("INCR", "n");
    await world.say("CONFIG", "SET", "appendonly", "no");
    await world.advance(1000);
    assert.equal(await world.info("aof_enabled"), "0");
    assert.deepEqual(
      world.files.filter((name) => !name.startsWith("temp-")),
      [],
    );
    assert.equal(await world.say("INCR", "n"), ":2\r\n");
  });

  it("no, and a rewrite asked for while the one that this stops still runs: the new one is made", async () => {
    for (const begin of [
      ["BGREWRITEAOF"],
      ["CONFIG", "SET", "appendonly", "no"],
      ["CONFIG", "SET", "appendonly", "yes"],
    ]) {
      const world = await World.start(ON);
      await world.fill(3000);
      await world
        .sayAtOnce(begin, ["CONFIG", "SET", "appendonly", "no"], ["BGREWRITEAOF"])
        .then((replies) => {
          assert.match(replies[2]!, /^\+Background append only file rewriting (started|scheduled)/);
        });
      await world.rewritten();
      assert.equal(await world.info("aof_last_bgrewrite_status"), "ok");
      assert.deepEqual(world.files, ["appendonly.aof.2.base.rdb", "appendonly.aof.manifest"]);
      assert.equal(await (await world.again()).say("DBSIZE"), ":3000\r\n");
    }
  });

  it("an error names the directory", async () => {
    const world = await World.start();
    const failure = world.disk.fail({ operation: "makeDirectory", code: "EACCES" });
    assert.match(
      await world.say("CONFIG", "SET", "appendonly", "yes"),
      /^-ERR CONFIG SET failed \(possibly related to argument 'appendonly'\) - Unable to turn on AOF\. Check server logs\./,
    );
    failure.stop();
    assert.equal(await world.info("aof_enabled"), "0");
  });

  it("a first rewrite that fails is tried again, and a sync that fails begins it anew", async () => {
    for (const operation of ["write", "sync"] as const) {
      const world = await World.start({ appendfsync: "always" });
      await world.fill(1000);
      world.disk.fail({
        operation,
        path: operation === "write" ? ".base." : ".incr.",
        after: 1,
        times: 1,
      });
      await world.say("CONFIG", "SET", "appendonly", "yes");
      // Of simulated time: the new file is begun off the loop.
      await world.advance(10);
      // Under `always` this is refused when the sync of it is the one that fails; it was executed all the same.
      await world.say("INCR", "n");
      await world.advance(3000);
      await world.rewritten();
      assert.equal(await world.say("INCR", "n"), ":2\r\n");
      assert.equal(await (await world.again()).say("DBSIZE"), ":1001\r\n");
    }
  });
});
