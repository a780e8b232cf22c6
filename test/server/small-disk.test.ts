/** The server as a process on a real file system that is full. Needs the right to mount one; is skipped without it. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ServerProcess } from "../support/process.js";
import type { WireClient } from "../support/wire.js";

const MB = 1024 * 1024;

/** A tmpfs, or null where mounting is not allowed. */
function mount(bytes: number): string | null {
  const path = mkdtempSync(join(tmpdir(), "tidemark-small-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path]);
  if (status === 0) return path;
  rmdirSync(path);
  return null;
}

function unmount(path: string): void {
  spawnSync("umount", ["--lazy", path]);
  rmdirSync(path);
}

const probe = mount(MB);
const skip = probe === null ? "mounting a tmpfs is not allowed here" : false;
if (probe !== null) unmount(probe);

interface Small {
  readonly dir: string;
  readonly args: string[];
  server: ServerProcess;
  client: WireClient;
  /** Leaves so many bytes free. */
  leave(bytes: number): void;
  restart(): Promise<void>;
}

async function withSmallDisk(
  bytes: number,
  args: string[],
  action: (small: Small) => Promise<void>,
): Promise<void> {
  const dir = mount(bytes)!;
  const ballast = join(dir, "ballast");
  const start = (): Promise<ServerProcess> =>
    ServerProcess.start({
      dir,
      args: ["--appendonly", "yes", "--auto-aof-rewrite-percentage", "0", ...args],
    });
  const server = await start();
  const small: Small = {
    dir,
    args,
    server,
    client: await server.client(),
    leave(wanted) {
      rmSync(ballast, { force: true });
      const { bavail, bsize } = statfsSync(dir);
      const taken = bavail * bsize - wanted;
      if (taken > 0) writeFileSync(ballast, Buffer.alloc(taken));
    },
    async restart() {
      await small.server.kill();

      small.server = await start();
      small.client = await small.server.client();
    },
  };
  try {
    await action(small);
  } finally {
    await small.server.close();
    unmount(dir);
  }
}

async function info(client: WireClient, name: string): Promise<string> {
  const text = (await client.call("INFO", "persistence")) as string;
  return new RegExp(`^${name}:(.*)\r$`, "m").exec(text)?.[1] ?? "absent";
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    assert.ok(tries < 1000, `not reached: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const layout of ["multi-part", "single"])
  for (const policy of ["always", "everysec"])
    test(`a full file system (aof-layout ${layout}, appendfsync ${policy})`, { skip, timeout: 60_000 }, () =>
      withSmallDisk(8 * MB, ["--appendfsync", policy, "--aof-layout", layout], async (small) => {
        small.leave(MB);
        const value = "v".repeat(10_000);
        let accepted = 0;
        for (let reply = "+OK"; reply.startsWith("+OK"); ) {
          reply = (await small.client.reply("SET", `key:${accepted}`, value)).raw.toString();
          if (reply.startsWith("+OK")) accepted++;
          else assert.match(reply, /^-MISCONF Errors writing to the AOF file: No space left on device/);
        }
        assert.ok(accepted > 10);
        assert.equal(await small.client.call("STRLEN", "key:0"), 10_000);
        assert.equal(await info(small.client, "aof_last_write_status"), "err");
        const refused = (await small.client.reply("SET", "refused", "1")).raw.toString();
        assert.match(refused, /^-MISCONF Errors writing to the AOF file: No space left on device/);
        small.leave(4 * MB);
        await until("a write is accepted", async () => {
          const reply = await small.client.reply("SET", "later", "1");
          return reply.raw.toString() === "+OK\r\n";
        });
        await small.restart();
        for (let at = 0; at < accepted; at++)
          assert.equal(await small.client.call("STRLEN", `key:${at}`), 10_000, `key ${at} of ${accepted}`);
        assert.equal(await small.client.call("GET", "later"), "1");
      }),
    );

test("a read-only file system is called by its name, by a start and by a rewrite", { skip }, () =>
  withSmallDisk(8 * MB, ["--appendonly", "no"], async ({ dir, client, server }) => {
    spawnSync("mount", ["-o", "remount,ro", dir]);
    await assert.rejects(client.call("CONFIG", "SET", "appendonly", "yes"), /Check server logs/);
    await server.run.logged(`append-only dir ${join(dir, "appendonlydir")}: Read-only file system`);
    const refused = (): Promise<void> =>
      assert.rejects(
        ServerProcess.start({ dir, args: ["--appendonly", "yes"] }),
        /append-only dir \S+: Read-only file system/,
      );
    await refused();
    // The same when the directory is there.
    spawnSync("mount", ["-o", "remount,rw", dir]);
    mkdirSync(join(dir, "appendonlydir"));
    spawnSync("mount", ["-o", "remount,ro", dir]);
    await refused();
  }),
);

for (const layout of ["multi-part", "single"])
  test(`a rewrite leaves the running log its room (aof-layout ${layout})`, { skip, timeout: 60_000 }, () =>
    withSmallDisk(64 * MB, ["--aof-layout", layout], async ({ client, leave }) => {
      for (let at = 0; at < 100; at++) await client.call("SET", `key:${at}`, "v".repeat(10_000));
      leave(7 * MB);
      await client.call("BGREWRITEAOF");
      await until(
        "the rewrite was refused",
        async () => (await info(client, "aof_rewrites_consecutive_failures")) === "1",
      );
      assert.equal(await info(client, "aof_last_bgrewrite_status"), "err");
      await client.call("SET", "key", "1");
      leave(12 * MB);
      await client.call("BGREWRITEAOF");
      await until(
        "the rewrite succeeds",
        async () => (await info(client, "aof_last_bgrewrite_status")) === "ok",
      );
      assert.equal(await client.call("DBSIZE"), 101);
    }),
  );

for (const layout of ["multi-part", "single"])
  test(
    `a small file system has room for rewrites of little (aof-layout ${layout})`,
    { skip, timeout: 60_000 },
    () =>
      withSmallDisk(8 * MB, ["--appendonly", "no", "--aof-layout", layout], async (small) => {
        await small.client.call("SET", "key", "v".repeat(100_000));
        await small.client.call("CONFIG", "SET", "appendonly", "yes");
        const isDone = async (): Promise<boolean> =>
          (await info(small.client, "aof_rewrite_in_progress")) === "0" &&
          (await info(small.client, "aof_rewrite_scheduled")) === "0";
        await until("it is switched on", isDone);
        await small.client.call("BGREWRITEAOF");
        await until("it is rewritten", isDone);
        assert.equal(await info(small.client, "aof_last_bgrewrite_status"), "ok");
        assert.equal(await info(small.client, "aof_rewrites_consecutive_failures"), "0");
      }),
  );

for (const layout of ["multi-part", "single"])
  test(
    `a rewrite that needs more than there was before leaves the log its room (aof-layout ${layout})`,
    {
      skip,
      timeout: 60_000,
    },
    () =>
      withSmallDisk(
        32 * MB,
        ["--appendonly", "no", "--aof-layout", layout],
        async ({ client, server, leave }) => {
          await client.call("CONFIG", "SET", "rdbcompression", "no");
          for (let at = 0; at < 20; at++) await client.call("SETRANGE", `key:${at}`, 999_999, "v");
          leave(8 * MB);
          await client.call("CONFIG", "SET", "appendonly", "yes");
          await server.run.logged("terminated with error: Only ");
          assert.match(await info(client, "aof_last_bgrewrite_status"), /err/);
          for (let at = 0; at < 10; at++) assert.equal(await client.call("SET", `more:${at}`, "v"), "OK");
          assert.equal(await info(client, "aof_last_write_status"), "ok");
        },
      ),
  );
