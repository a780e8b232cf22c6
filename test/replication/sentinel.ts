/**
 * Three real Sentinels watch a Tidemark primary with two replicas, one of Tidemark and one of Redis. The primary is
 * killed; a replica takes over; the old primary comes back as a replica. Takes about half a minute, most of which is
 * Sentinel's patience: `node scripts/sentinel.mjs`, not part of `npm test`.
 */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/condition.js";
import { freePort, removeDirectory, temporaryDirectory } from "../support/directory.js";
import { startOracle } from "../support/oracle.js";
import { REDIS_EXECUTABLE, type Run, runExecutable, TIDEMARK_EXECUTABLE } from "../support/process.js";
import { load, replicationOf, sameData } from "../support/replication.js";
import { WireClient } from "../support/wire.js";

const PATIENCE_MS = 60_000;

async function startSentinel(
  directory: string,
  number: number,
  watched: number,
): Promise<{ run: Run; port: number }> {
  const port = await freePort();
  const file = join(directory, `sentinel-${number}.conf`);
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${directory}`,
    `sentinel monitor group 127.0.0.1 ${watched} 2`,
    "sentinel down-after-milliseconds group 1000",
    "sentinel failover-timeout group 5000",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  const run = runExecutable(REDIS_EXECUTABLE, [file, "--sentinel"]);
  await run.logged("+monitor");
  return { run, port };
}

async function withClients(
  servers: readonly { readonly port: number }[],
  action: (...clients: WireClient[]) => Promise<void>,
): Promise<void> {
  const clients = await Promise.all(servers.map(({ port }) => WireClient.connect({ port })));
  try {
    await action(...clients);
  } finally {
    for (const client of clients) client.close();
  }
}

/** Again, if a connection was closed by the server. */
async function retried(action: () => Promise<void>): Promise<void> {
  for (let left = 4; ; left--) {
    try {
      return await action();
    } catch (error) {
      if (left === 0 || !(error as Error).message.includes("closed the connection")) throw error;
    }
  }
}

/** Runs it. Throws what goes wrong. */
export async function watchedBySentinel(): Promise<void> {
  const directory = temporaryDirectory();
  const sentinels: Run[] = [];
  const started: Run[] = [];
  const config = (name: string, lines: readonly string[]): string[] => {
    const file = join(directory, `${name}.conf`);
    writeFileSync(
      file,
      `${["repl-diskless-sync-delay 0", "enable-debug-command yes", ...lines].join("\n")}\n`,
    );
    return [file];
  };
  const start = async (
    name: string,
    port: number,
    lines: readonly string[],
  ): Promise<{ run: Run; port: number }> => {
    const args = [
      ...config(name, [`port ${port}`, "bind 127.0.0.1", `dir ${directory}`, 'save ""', ...lines]),
    ];
    const run = runExecutable(TIDEMARK_EXECUTABLE, args);
    await run.logged("Ready to accept connections");
    started.push(run);
    return { run, port };
  };
  try {
    const ports = [await freePort(), await freePort()] as const;
    const primary = await start("first", ports[0], []);
    const replica = await start("second", ports[1], [
      `replicaof 127.0.0.1 ${ports[0]}`,
      "replica-priority 10",
    ]);
    await using stock = await startOracle({
      args: ["--replicaof", "127.0.0.1", String(ports[0]), "--replica-priority", "20"],
    });
    await withClients([primary, replica, stock], async (source, ...replicas) => {
      await load(source!, 1);
      for (const client of replicas) await sameData(source!, client);
    });

    const watching = [];
    for (let number = 1; number <= 3; number++)
      watching.push(await startSentinel(directory, number, ports[0]));
    sentinels.push(...watching.map(({ run }) => run));
    using sentinel = await WireClient.connect({ port: watching[0]!.port });
    const master = async (): Promise<Map<string, string>> => {
      const words = (await sentinel.call("SENTINEL", "MASTER", "group")) as string[];
      return new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1]!]] : [])));
    };
    await eventually(
      "Sentinel knows all",
      async () => {
        const fields = await master();
        return fields.get("num-slaves") === "2" && fields.get("num-other-sentinels") === "2";
      },
      PATIENCE_MS,
    );

    await primary.run.kill("SIGKILL");
    await eventually(
      "the replica is the primary",
      async () => (await master()).get("port") === String(ports[1]),
      PATIENCE_MS,
    );
    // Sentinel has disconnected the clients of those that it has reconfigured, and may do so once more.
    await retried(() =>
      withClients([replica, stock], async (source, other) => {
        assert.equal((await replicationOf(source!)).get("role"), "master");
        await load(source!, 2);
        await sameData(source!, other!);
      }),
    );

    const again = await start("first-again", ports[0], []);
    await retried(() =>
      withClients([replica, again], async (source, back) => {
        await eventually(
          "the old primary follows the new one",
          async () => (await replicationOf(back!)).get("master_port") === String(ports[1]),
          PATIENCE_MS,
        );
        await sameData(source!, back!);
      }),
    );
  } finally {
    for (const run of sentinels) await run.kill();
    for (const run of started) await run.kill();
    removeDirectory(directory);
  }
}
