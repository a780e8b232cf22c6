/** SAVE, BGSAVE, LASTSAVE, save points and SHUTDOWN's snapshot, on a simulated machine. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sameReplies } from "../../support/compare.js";
import { simulatedPlatform } from "../../support/platform.js";
import type { Directives } from "../../support/product.js";
import { SimulatedServer } from "../../support/simulated-server.js";

sameReplies(
  "SAVE and BGSAVE, their arguments and where they may not be",
  `
SAVE
SAVE x
SET a 1
BGSAVE x
BGSAVE SCHEDULE x
MULTI
SAVE
DISCARD
LASTSAVE x
SHUTDOWN ABORT
SHUTDOWN NOSAVE SAVE
`,
);

class World extends SimulatedServer {
  async infos(...names: string[]): Promise<Record<string, string>> {
    const shown: Record<string, string> = {};
    for (const name of names) shown[name] = await this.info(name);
    return shown;
  }

  /** `count` keys, more than one step of a save. */
  async fill(count = 3000): Promise<void> {
    for (let from = 0; from < count; from += 1000) {
      const words = Array.from({ length: 1000 }, (_, i) => [`key:${from + i}`, `value of ${i}`]).flat();
      await this.say("MSET", ...words);
    }
  }

  /** Lets time pass until no save is running. */
  async settled(): Promise<void> {
    while ((await this.info("rdb_bgsave_in_progress")) !== "0") await this.advance(10);
  }

  get dump(): Buffer | null {
    return this.disk.readFile("/data/dump.rdb");
  }

  get files(): readonly string[] | null {
    return this.disk.list("/data");
  }
}

const LOGGED = { loglevel: "notice" };

describe("SAVE", () => {
  it("writes the snapshot before it answers", async () => {
    const world = await World.start(LOGGED);
    await world.fill(1000);
    assert.equal(await world.info("rdb_changes_since_last_save"), "1000");
    await world.advance(5000);
    assert.equal(await world.say("SAVE"), "+OK\r\n");
    assert.equal(world.dump?.subarray(0, 9).toString(), "REDIS0010");
    assert.deepEqual(world.files, ["dump.rdb"]);
    const seconds = Math.floor(world.platform.clock.now() / 1000);
    assert.equal(await world.say("LASTSAVE"), `:${seconds}\r\n`);
    assert.deepEqual(await world.infos("rdb_changes_since_last_save", "rdb_saves", "rdb_last_save_time"), {
      rdb_changes_since_last_save: "0",
      rdb_saves: "1",
      rdb_last_save_time: String(seconds),
    });
    assert.match(world.output, /DB saved on disk/);
    await world.close();
  });

  it("says so when the disk does not take it, and leaves the old file", async () => {
    const world = await World.start(LOGGED);
    await world.fill(1000);
    await world.say("SAVE");
    const before = world.dump;
    const full = world.disk.fail({ operation: "write", code: "ENOSPC" });
    await world.say("SET", "more", "x");
    assert.equal(await world.say("SAVE"), "-ERR\r\n");
    assert.match(world.output, /Error saving DB on disk: No space left on device/);
    assert.deepEqual(world.dump, before);
    assert.deepEqual(world.files, ["dump.rdb"]);
    assert.equal(await world.info("rdb_changes_since_last_save"), "1");
    full.stop();
    assert.equal(await world.say("SAVE"), "+OK\r\n");
    await world.close();
  });

  it("goes where dir and dbfilename say", async () => {
    const world = await World.start({ "enable-protected-configs": "yes" });
    world.disk.placeDirectory("/elsewhere");
    await world.say("CONFIG", "SET", "dir", "/elsewhere", "dbfilename", "other.rdb");
    assert.equal(await world.say("SAVE"), "+OK\r\n");
    assert.deepEqual(world.disk.list("/elsewhere"), ["other.rdb"]);
    await world.close();
  });

  it("writes the version that rdb-version names, and other versions are refused", async () => {
    const world = await World.start();
    for (const version of ["9", "10", "11", "12"]) {
      assert.equal(await world.say("CONFIG", "SET", "rdb-version", version), "+OK\r\n");
      assert.equal(await world.say("SAVE"), "+OK\r\n");
      assert.equal(world.dump?.subarray(0, 9).toString(), `REDIS${version.padStart(4, "0")}`);
    }
    assert.match(await world.say("CONFIG", "SET", "rdb-version", "8"), /must be between 9 and 12/);
    assert.match(await world.say("CONFIG", "SET", "rdb-version", "13"), /must be between 9 and 12/);
    await world.close();
  });
});

describe("BGSAVE", () => {
  it("writes in the background and shows how far it is", async () => {
    const world = await World.start(LOGGED);
    await world.fill();
    assert.equal(await world.say("BGSAVE"), "+Background saving started\r\n");
    assert.equal(await world.say("BGSAVE"), "-ERR Background save already in progress\r\n");
    assert.equal(await world.say("BGSAVE", "SCHEDULE"), "-ERR Background save already in progress\r\n");
    assert.equal(await world.say("SAVE"), "-ERR Background save already in progress\r\n");
    await world.say("SET", "key:1", "changed meanwhile");
    assert.equal(world.dump, null);
    assert.deepEqual(await world.infos("rdb_bgsave_in_progress", "current_save_keys_total"), {
      rdb_bgsave_in_progress: "1",
      current_save_keys_total: "3000",
    });
    assert.ok(Number(await world.info("current_cow_size")) > 0);
    await world.advance(2500);
    await world.settled();
    assert.notEqual(world.dump, null);
    assert.ok(Number(await world.info("rdb_last_cow_size")) > 0);
    const after = await world.infos(
      "rdb_changes_since_last_save",
      "rdb_last_bgsave_status",
      "rdb_saves",
      "rdb_current_bgsave_time_sec",
      "current_cow_size",
      "current_save_keys_total",
      "total_forks",
    );
    assert.deepEqual(after, {
      rdb_changes_since_last_save: "1",
      rdb_last_bgsave_status: "ok",
      rdb_saves: "1",
      rdb_current_bgsave_time_sec: "-1",
      current_cow_size: "0",
      current_save_keys_total: "0",
      total_forks: "1",
    });
    assert.match(world.output, /Background saving started by pid 4242/);
    assert.match(world.output, /Background saving terminated with success/);
    await world.close();
  });

  it("inside a transaction is put off until it has ended", async () => {
    const world = await World.start();
    await world.say("MULTI");
    await world.say("SET", "a", "1");
    await world.say("BGSAVE");
    assert.match(await world.say("EXEC"), /\+Background saving scheduled/);
    await world.platform.clock.until("the save has ended", () => world.dump !== null);
    assert.ok(world.dump?.includes("\0\x01a\xc0\x01", 0, "latin1"));
    await world.close();
  });

  it("makes writes and PING fail after an error, while save points are configured, until a save succeeds", async () => {
    const world = await World.start({ ...LOGGED, save: "3600 1" });
    await world.say("SET", "a", "1");
    const full = world.disk.fail({ operation: "sync", path: "dump.rdb", code: "EIO" });
    await world.say("BGSAVE");
    await world.settled();
    assert.equal(await world.info("rdb_last_bgsave_status"), "err");
    assert.match(world.output, /Error saving DB on disk: Input\/output error/);
    assert.match(world.output, /Background saving error/);
    assert.match(await world.say("SET", "a", "2"), /^-MISCONF Redis is configured to save RDB snapshots/);
    assert.match(await world.say("PING"), /^-MISCONF/);
    assert.equal(await world.say("GET", "a"), "$1\r\n1\r\n");
    await world.say("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
    assert.equal(await world.say("SET", "a", "2"), "+OK\r\n");
    await world.say("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes");
    assert.match(await world.say("SET", "a", "2"), /^-MISCONF/);
    await world.say("CONFIG", "SET", "save", "");
    assert.equal(await world.say("SET", "a", "2"), "+OK\r\n");
    await world.say("CONFIG", "SET", "save", "3600 1");
    full.stop();
    assert.equal(await world.say("SAVE"), "+OK\r\n");
    assert.equal(await world.say("SET", "a", "3"), "+OK\r\n");
    await world.close();
  });

  it("survives the death of its thread, with the file that was there", async () => {
    const world = await World.start();
    await world.fill();
    await world.say("SAVE");
    const before = world.dump;
    await world.say("BGSAVE");
    world.platform.threads.started[0]?.kill("out of memory");
    await world.settled();
    assert.equal(await world.info("rdb_last_bgsave_status"), "err");
    assert.deepEqual(world.dump, before);
    assert.deepEqual(world.files, ["dump.rdb"]);
    await world.say("BGSAVE");
    await world.settled();
    assert.equal(await world.info("rdb_last_bgsave_status"), "ok");
    await world.close();
  });

  it("is not wanted any more after FLUSHALL, which saves the empty dataset if there are save points", async () => {
    const world = await World.start({ save: "3600 1000000" });
    await world.fill();
    await world.say("BGSAVE");
    assert.equal(await world.say("FLUSHALL"), "+OK\r\n");
    const empty = world.dump;
    assert.ok(empty !== null && empty.length < 200);
    await world.settled();
    assert.deepEqual(world.dump, empty);
    assert.equal(await world.info("rdb_last_bgsave_status"), "ok");
    await world.close();
  });
});

describe("save points", () => {
  it("save after so many seconds with so many changes", async () => {
    const world = await World.start({ ...LOGGED, save: "60 3" });
    await world.say("MSET", "a", "1", "b", "2");
    await world.advance(120_000);
    assert.equal(world.dump, null);
    await world.say("SET", "c", "3");
    await world.advance(1000);
    assert.notEqual(world.dump, null);
    assert.match(world.output, /3 changes in 60 seconds. Saving.../);
    const saved = world.dump;
    await world.say("MSET", "a", "1", "b", "2", "c", "4");
    await world.advance(59_000);
    assert.deepEqual(world.dump, saved);
    await world.advance(4000);
    assert.notDeepEqual(world.dump, saved);
    await world.close();
  });

  it("follow CONFIG SET save", async () => {
    const world = await World.start();
    await world.say("SET", "a", "1");
    await world.advance(10_000);
    assert.equal(world.dump, null);
    await world.say("CONFIG", "SET", "save", "5 1");
    await world.advance(1000);
    assert.notEqual(world.dump, null);
    await world.close();
  });

  it("try again some seconds after a failure, not at once", async () => {
    const world = await World.start({ ...LOGGED, save: "1 1" });
    const broken = world.disk.fail({ operation: "open", path: "dump.rdb", code: "EACCES" });
    await world.say("SET", "a", "1");
    const tries = (): number => world.output.split("Background saving error").length - 1;
    await world.platform.clock.until("the first try has failed", () => tries() === 1);
    await world.advance(4000);
    assert.equal(tries(), 1);
    await world.advance(3000);
    assert.equal(tries(), 2);
    broken.stop();
    await world.platform.clock.until("a try succeeds", () => world.dump !== null);
    await world.close();
  });
});

describe("a snapshot at the end", () => {
  it("is saved when there are save points, else only if asked for", async () => {
    const cases: [Directives, string[], boolean][] = [
      [{ save: "3600 1" }, [], true],
      [{ save: "3600 1" }, ["NOSAVE"], false],
      [{}, [], false],
      [{}, ["SAVE"], true],
      [{ save: "3600 1" }, ["NOW", "FORCE"], true],
    ];
    for (const [directives, options, saved] of cases) {
      const world = await World.start(directives);
      await world.say("SET", "a", "1");
      const said = world.say("SHUTDOWN", ...options).catch(() => "");
      await world.platform.clock.run(world.server.closed);
      await said;
      assert.equal(world.dump !== null, saved, `${JSON.stringify(directives)} SHUTDOWN ${options.join(" ")}`);
    }
  });

  it("comes after a save in the background has been stopped", async () => {
    const world = await World.start({ ...LOGGED, save: "3600 1000000" });
    await world.fill();
    await world.say("BGSAVE");
    await world.say("SET", "last", "x");
    await world.close();
    assert.match(world.output, /There is a child saving an .rdb. Killing it!/);
    assert.match(world.output, /Saving the final RDB snapshot before exiting/);
    assert.ok(world.dump?.includes("\x04last\x01x"));
    assert.deepEqual(world.files, ["dump.rdb"]);
  });

  it("that cannot be saved keeps the server going, unless it is forced", async () => {
    const world = await World.start({ ...LOGGED, save: "3600 1" });
    await world.say("SET", "a", "1");
    const full = world.disk.fail({ operation: "write", path: "dump.rdb", code: "ENOSPC" });
    assert.equal(await world.say("SHUTDOWN"), "-ERR Errors trying to SHUTDOWN. Check logs.\r\n");
    assert.match(world.output, /can't exit\.\n.*Errors trying to shut down the server\. Check the logs/);
    assert.equal(await world.say("GET", "a"), "$1\r\n1\r\n");
    const said = world.say("SHUTDOWN", "FORCE").catch(() => "");
    await world.platform.clock.run(world.server.closed);
    await said;
    full.stop();
    assert.equal(world.dump, null);
  });
});

describe("what is there at the start", () => {
  it("temporary files of runs that died are removed, and nothing else", async () => {
    const platform = simulatedPlatform(5);
    platform.disk.place("/data/temp-dump.rdb.77-1", "half a file");
    platform.disk.place("/data/temp-other.rdb.77-1", "not ours");
    platform.disk.place("/data/temp-77.rdb", "of another server");
    const world = await World.start({}, platform);
    assert.deepEqual(world.files, ["temp-77.rdb", "temp-other.rdb.77-1"]);
    await world.close();
  });
});
