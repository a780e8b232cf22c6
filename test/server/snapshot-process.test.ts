/** Snapshots of the process: what a kill in the middle of a save leaves, and what the next start makes of it. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { eventually } from "../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { ServerProcess } from "../support/process.js";

const DEBUG = ["--enable-debug-command", "yes"];

test("a save that is killed leaves the last snapshot, and the next start removes its rest", async () => {
  const dir = temporaryDirectory();
  try {
    const first = await ServerProcess.start({ dir, args: ["--save", "", ...DEBUG] });
    const client = await first.client();
    for (let i = 0; i < 500; i++) client.send("SET", `key:${i}`, "x".repeat(20));
    for (let i = 0; i < 500; i++) await client.receive();
    assert.equal(await client.call("SAVE"), "OK");
    const digest = await client.call("DEBUG", "DIGEST");
    await client.call("SET", "lost", "x");
    await client.call("CONFIG", "SET", "rdb-key-save-delay", "100000");
    assert.equal(await client.call("BGSAVE"), "Background saving started");
    await eventually("a temporary file", () =>
      readdirSync(dir).some((name) => name.startsWith("temp-dump.rdb.")),
    );
    await first.kill("SIGKILL");
    client.close();
    assert.equal(readdirSync(dir).length, 2);
    const second = await ServerProcess.start({ dir, args: ["--save", "", ...DEBUG] });
    assert.deepEqual(readdirSync(dir), ["dump.rdb"]);
    const again = await second.client();
    assert.equal(await again.call("DEBUG", "DIGEST"), digest);
    again.close();
    await second.kill("SIGTERM");
  } finally {
    removeDirectory(dir);
  }
});

test("with save points the end saves, and the next start has the data", async () => {
  const dir = temporaryDirectory();
  try {
    for (const [run, signal] of (["SIGTERM", "SIGINT"] as const).entries()) {
      const server = await ServerProcess.start({ dir });
      const client = await server.client();
      assert.equal(await client.call("DBSIZE"), run);
      await client.call("SET", `key:${run}`, signal);
      client.close();
      assert.deepEqual(await server.kill(signal), { code: 0, signal: null });
      assert.match(server.log, /Saving the final RDB snapshot before exiting/);
      assert.match(server.log, /DB saved on disk/);
    }
  } finally {
    removeDirectory(dir);
  }
});
