/** One round: load, kill -9 at a random moment, restart, and a real redis-server on a copy of the same directory. */

import { cpSync } from "node:fs";
import type { SeededChance } from "../support/chance.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { oracleAvailable, startOracle } from "../support/oracle.js";
import { ServerProcess } from "../support/process.js";
import { Sequence } from "./sequence.js";

export type FsyncPolicy = "always" | "everysec" | "no";

export interface KillOptions {
  readonly policy: FsyncPolicy;
  readonly rounds: number;
  readonly chance: SeededChance;
  /** Default: Tidemark's. */
  readonly executable?: string;
  readonly connections?: number;
}

export interface KillResult {
  readonly rounds: number;
  readonly acknowledged: number;
}

/** Rounds on one directory. Throws when an acknowledged write is lost or redis-server sees other data. */
export async function killRounds(options: KillOptions): Promise<KillResult> {
  const dir = temporaryDirectory();
  const sequences: Sequence[] = [];
  try {
    let server = await startServer(options, dir);
    try {
      for (let round = 0; round < options.rounds; round++) {
        sequences.push(...(await loadAndKill(server, options, round)));
        const copy = temporaryDirectory();
        cpSync(dir, copy, { recursive: true });
        server = await startServer(options, dir);
        await verify(server, sequences, "after the restart");
        await verifyWithRedis(copy, server, sequences);
      }
    } finally {
      await server.close();
    }
  } finally {
    removeDirectory(dir);
  }
  return { rounds: options.rounds, acknowledged: sequences.reduce((sum, one) => sum + one.acknowledged, 0) };
}

function startServer(options: KillOptions, dir: string): Promise<ServerProcess> {
  return ServerProcess.start({
    dir,
    args: persistent(options.policy),
    ...(options.executable === undefined ? {} : { executable: options.executable }),
  });
}

function persistent(policy: FsyncPolicy): string[] {
  return ["--appendonly", "yes", "--appendfsync", policy, "--save", "", "--enable-debug-command", "yes"];
}

/** Writes over several connections and kills the server after a random number of acknowledgements. */
async function loadAndKill(server: ServerProcess, options: KillOptions, round: number): Promise<Sequence[]> {
  const { chance } = options;
  const limit = 1 + chance.below(options.policy === "always" ? 2000 : 10_000);
  let acknowledged = 0;
  let killed: Promise<unknown> | null = null;
  const onAcknowledged = (): void => {
    acknowledged++;
    if (acknowledged >= limit) killed ??= server.kill("SIGKILL");
  };
  const sequences = Array.from(
    { length: options.connections ?? 8 },
    (_, index) => new Sequence(`r${round}c${index}`),
  );
  await Promise.all(
    sequences.map(async (sequence) => {
      const client = await server.client();
      await sequence.write(client, chance.fork(), onAcknowledged).finally(() => client.close());
    }),
  );
  await killed;
  return sequences;
}

async function verify(server: ServerProcess, sequences: readonly Sequence[], when: string): Promise<void> {
  using client = await server.client();
  for (const sequence of sequences) {
    const wrong = await sequence.check(client);
    if (wrong !== null) throw new Error(`${when}: ${wrong}\n--- log ---\n${server.log}`);
  }
}

/** A real redis-server on the files as the kill left them: the same acknowledged writes, the same data. */
async function verifyWithRedis(
  copy: string,
  server: ServerProcess,
  sequences: readonly Sequence[],
): Promise<void> {
  try {
    if (!oracleAvailable()) return;
    await using oracle = await startOracle({ dir: copy, args: ["--appendonly", "yes"] });
    await verify(oracle, sequences, "redis-server on a copy of the directory");
    const [ours, theirs] = await Promise.all([digest(server), digest(oracle)]);
    if (ours !== theirs) throw new Error(`DEBUG DIGEST: tidemark ${ours}, redis-server ${theirs}`);
  } finally {
    removeDirectory(copy);
  }
}

async function digest(server: ServerProcess): Promise<unknown> {
  using client = await server.client();
  return await client.call("DEBUG", "DIGEST");
}
