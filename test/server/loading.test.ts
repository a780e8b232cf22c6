/** What clients see while a snapshot is loaded. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Tidemark } from "#tidemark/server/tidemark.js";
import { eventually } from "../support/condition.js";
import { freePort, removeDirectory, temporaryDirectory } from "../support/directory.js";
import { type Run, runExecutable, ServerProcess, TIDEMARK_EXECUTABLE } from "../support/process.js";
import { WireClient } from "../support/wire.js";

const KEYS = 1000;

/** So slowly that it does not end while anybody looks: ten minutes for all keys. */
const SLOWLY = { "key-load-delay": "600000", "loading-process-events-interval-bytes": "1024" };

function argumentsOf(directives: Record<string, string>): string[] {
  return Object.entries(directives).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Gives the action a directory with a snapshot. */
async function withSnapshot(action: (dir: string) => Promise<void>): Promise<void> {
  const dir = temporaryDirectory();
  try {
    {
      await using server = await ServerProcess.start({ dir, args: ["--enable-debug-command", "yes"] });
      using client = await server.client();
      await client.call("DEBUG", "POPULATE", KEYS);
      await client.call("SAVE");
    }
    await action(dir);
  } finally {
    removeDirectory(dir);
  }
}

/** Gives the action a client of a server that loads the directory's snapshot. */
async function whileItLoads(
  dir: string,
  directives: Record<string, string>,
  action: (client: WireClient, run: Run) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const args = argumentsOf({ port: String(port), bind: "127.0.0.1", dir, ...SLOWLY, ...directives });
  const run = runExecutable(TIDEMARK_EXECUTABLE, args);
  try {
    await run.logged("Loading RDB produced by version");
    using client = await WireClient.connect({ port });
    await action(client, run);
  } finally {
    await run.kill();
  }
}

const isLoading = async (client: WireClient): Promise<boolean> =>
  /^loading:1\r$/m.test(String(await client.call("INFO", "persistence")));

test("clients are told that the dataset is being loaded, and how far it is", () =>
  withSnapshot((dir) =>
    whileItLoads(dir, { "enable-debug-command": "yes" }, async (client) => {
      assert.equal(
        String((await client.reply("GET", "key:1")).value),
        "LOADING Redis is loading the dataset in memory",
      );
      assert.match(String((await client.reply("DEBUG", "RELOAD", "NOSAVE")).value), /^LOADING /);
      await eventually("a block has been read", async () => {
        assert.ok(await isLoading(client));
        return /^loading_loaded_bytes:[1-9]/m.test(String(await client.call("INFO", "persistence")));
      });
      const info = String(await client.call("INFO", "persistence"));
      for (const field of [
        "loading_start_time",
        "loading_total_bytes",
        "loading_rdb_used_mem",
        "loading_eta_seconds",
      ])
        assert.match(info, new RegExp(`^${field}:\\d+\r$`, "m"));
      assert.match(info, /^loading_loaded_perc:\d+\.\d\d\r$/m);
    }),
  ));

test("a transaction that was queued before does not run on a dataset that is being loaded", async () => {
  await using server = await ServerProcess.start({
    args: argumentsOf({ "enable-debug-command": "yes", save: "3600 1" }),
  });
  using client = await server.client();
  await client.call("DEBUG", "POPULATE", KEYS);
  await client.call("CONFIG", "SET", ...Object.entries(SLOWLY).flat());
  await client.call("MULTI");
  await client.call("SET", "key", "value");
  using harmless = await server.client();
  await harmless.call("MULTI");
  await harmless.call("INFO", "persistence");
  using other = await server.client();
  other.send("DEBUG", "RELOAD");
  using watching = await server.client();
  await eventually("it loads", () => isLoading(watching));
  await assert.rejects(
    client.call("EXEC"),
    /EXECABORT Transaction discarded because of: LOADING Redis is loading the dataset in memory/,
  );
  await assert.rejects(client.call("EXEC"), /EXEC without MULTI/);
  assert.match(String(await harmless.call("EXEC")), /loading:1/);
  watching.send("SHUTDOWN", "NOSAVE");
  await watching.closed();
});

for (const persistence of [{}, { appendonly: "yes" }]) {
  const words = argumentsOf(persistence);
  test(`SHUTDOWN while the dataset is being loaded does not wait for it ${words.join(" ")}`, () =>
    withSnapshot(async (dir) => {
      await whileItLoads(dir, persistence, async (client, run) => {
        client.send("SHUTDOWN", "SAVE");
        await client.closed();
        assert.deepEqual(await run.end(), { code: 0, signal: null });
        assert.doesNotMatch(run.log, /Ready to accept connections/);
      });
      await using again = await ServerProcess.start({ dir, args: words });
      using client = await again.client();
      assert.equal(await client.call("DBSIZE"), KEYS);
    }));
}

test("an append-only file is loaded at the same pace, its base and its commands", async () => {
  for (const rewritten of [true, false]) {
    const dir = temporaryDirectory();
    {
      await using server = await ServerProcess.start({ dir, args: ["--appendonly", "yes"] });
      using client = await server.client();
      for (let i = 0; i < 100; i++) await client.call("SET", `key:${i}`, "value");
      if (rewritten) await client.call("BGREWRITEAOF");
      await eventually("it is rewritten", async () =>
        /^aof_rewrite_in_progress:0\r$/m.test(String(await client.call("INFO", "persistence"))),
      );
    }
    await whileItLoads(dir, { appendonly: "yes" }, async (client) => {
      assert.match(String((await client.reply("GET", "key:1")).value), /^LOADING /);
      assert.ok(await isLoading(client));
      assert.match(String(await client.call("INFO", "persistence")), /^loading_total_bytes:[1-9]/m);
    });
    removeDirectory(dir);
  }
});

test("a server of a program that a client ends while it loads leaves nothing behind", () =>
  withSnapshot(async (dir) => {
    const port = await freePort();
    const starting = Tidemark.start({
      port,
      bind: "127.0.0.1",
      dir,
      "key-load-delay": 20_000,
      "loading-process-events-interval-bytes": 1024,
    });
    const ended = assert.rejects(starting, /ended while it loaded its data/);
    await eventually("it listens", () =>
      WireClient.connect({ port }).then(
        (early) => {
          early.close();
          return true;
        },
        () => false,
      ),
    );
    using client = await WireClient.connect({ port });
    assert.match(String((await client.reply("GET", "key:1")).value), /^LOADING /);
    client.send("SHUTDOWN");
    await client.closed();
    await ended;
  }));
