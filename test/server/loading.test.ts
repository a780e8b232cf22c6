/** What clients see while a snapshot is loaded. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Tidemark } from "#tidemark/server/tidemark.js";
import { eventually } from "../support/condition.js";
import { freePort, removeDirectory, temporaryDirectory } from "../support/directory.js";
import { runExecutable, ServerProcess, TIDEMARK_EXECUTABLE } from "../support/process.js";
import { WireClient } from "../support/wire.js";

/** So slowly that it does not end while anybody looks: ten minutes for all keys. */
const SLOWLY = [
  "--enable-debug-command",
  "yes",
  "--key-load-delay",
  "600000",
  "--loading-process-events-interval-bytes",
  "1024",
];

test("clients are told that the dataset is being loaded, and how far it is", async () => {
  const dir = temporaryDirectory();
  try {
    {
      await using server = await ServerProcess.start({ dir, args: ["--enable-debug-command", "yes"] });
      using client = await server.client();
      await client.call("DEBUG", "POPULATE", "1000");
      await client.call("SAVE");
    }
    const port = await freePort();
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, ...SLOWLY];
    const run = runExecutable(TIDEMARK_EXECUTABLE, args);
    try {
      await run.logged("Loading RDB produced by version");
      using client = await WireClient.connect({ port });
      assert.equal(
        String((await client.reply("GET", "key:1")).value),
        "LOADING Redis is loading the dataset in memory",
      );
      assert.match(String((await client.reply("DEBUG", "RELOAD", "NOSAVE")).value), /^LOADING /);
      await eventually("a block has been read", async () => {
        const info = String(await client.call("INFO", "persistence"));
        assert.match(info, /^loading:1\r$/m);
        return /^loading_loaded_bytes:[1-9]/m.test(info);
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
    } finally {
      await run.kill();
    }
  } finally {
    removeDirectory(dir);
  }
});

for (const persistence of [[], ["--appendonly", "yes"]]) {
  test(`SHUTDOWN while the dataset is being loaded does not wait for it ${persistence.join(" ")}`, async () => {
    const dir = temporaryDirectory();
    try {
      {
        await using server = await ServerProcess.start({ dir, args: ["--enable-debug-command", "yes"] });
        using client = await server.client();
        await client.call("DEBUG", "POPULATE", "1000");
        await client.call("SAVE");
      }
      const port = await freePort();
      const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir];
      const run = runExecutable(TIDEMARK_EXECUTABLE, [...place, ...SLOWLY, ...persistence]);
      try {
        await run.logged("Loading RDB produced by version");
        using client = await WireClient.connect({ port });
        client.send("SHUTDOWN", "SAVE");
        await client.closed();
        assert.deepEqual(await run.end(), { code: 0, signal: null });
        assert.doesNotMatch(run.log, /Ready to accept connections/);
      } finally {
        await run.kill();
      }
      await using again = await ServerProcess.start({ dir, args: persistence });
      using client = await again.client();
      assert.equal(await client.call("DBSIZE"), 1000);
    } finally {
      removeDirectory(dir);
    }
  });
}

test("a server of a program that a client ends while it loads leaves nothing behind", async () => {
  const dir = temporaryDirectory();
  try {
    {
      await using server = await ServerProcess.start({ dir, args: ["--enable-debug-command", "yes"] });
      using client = await server.client();
      await client.call("DEBUG", "POPULATE", "1000");
      await client.call("SAVE");
    }
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
  } finally {
    removeDirectory(dir);
  }
});
