/** redis-benchmark as the load generator. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { alternated, type Contender } from "./contender.js";
import { type Effort, median } from "./figure.js";

/** One of redis-benchmark's own tests, or a command, in which __rand_int__ stands for a random number. */
export type Test = string | readonly string[];

export interface Load {
  readonly test: Test;
  readonly pipeline: number;
  /** Connections; CLIENTS if not given. */
  readonly clients?: number;
  /** Random numbers are below this; KEYS if not given. */
  readonly below?: number;
}

export const KEYS = 1_000_000;
const CLIENTS = 50;
export const VALUE_BYTES = 64;
/** Enough to see roughly how fast a server is, and for its code to be compiled. */
const TRIAL_REQUESTS = 20_000;

const execute = promisify(execFile);

/** One run of redis-benchmark; requests a second. */
export async function requestsPerSecond(server: Contender, load: Load, requests: number): Promise<number> {
  const { test, pipeline, below = KEYS, clients = CLIENTS } = load;
  const options = { p: server.port, c: clients, r: below, d: VALUE_BYTES, P: pipeline, n: requests };
  const args = Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]);
  const what = typeof test === "string" ? ["-t", test] : test;
  const { stdout } = await execute("redis-benchmark", [...args, "--csv", ...what]);
  const line = stdout.trim().split("\n").at(-1) ?? "";
  const rate = Number(line.split('","')[1]?.replaceAll('"', ""));
  if (!(rate > 0)) throw new Error(`redis-benchmark against ${server.name} gave: ${stdout}`);
  return rate;
}

/** Requests that keep the faster of the servers busy for the time wanted; both are warm afterwards. */
async function requestsFor(both: readonly Contender[], load: Load, seconds: number): Promise<number> {
  const rates: number[] = [];
  for (const server of both) {
    const first = await requestsPerSecond(server, load, TRIAL_REQUESTS * load.pipeline);
    rates.push(await requestsPerSecond(server, load, Math.ceil(first / 4)), first);
  }
  return Math.ceil(Math.max(...rates) * seconds);
}

/** Medians over the rounds: requests a second of ours and of redis-server. */
export async function compareLoad(
  both: readonly Contender[],
  load: Load,
  effort: Effort,
): Promise<{ ours: number; redis: number }> {
  const requests = await requestsFor(both, load, effort.seconds);
  const rates: Record<Contender["name"], number[]> = { tidemark: [], redis: [] };
  for (let round = 0; round < effort.rounds; round++)
    for (const server of alternated(both, round))
      rates[server.name].push(await requestsPerSecond(server, load, requests));
  return { ours: median(rates.tidemark), redis: median(rates.redis) };
}
