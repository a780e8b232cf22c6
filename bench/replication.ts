/**
 * Replication: how long a full resync takes, what a replica costs its primary, how late it is, and how fast it applies
 * what it has missed. The sides are measured in pairs: both ours, both redis-server's, and each with the other.
 */

import { connect, type Socket } from "node:net";
import { fill, KEY_DIGITS, request, scattered } from "./connection.js";
import { alternated, Contender, type Name } from "./contender.js";
import { compared, type Effort, type Figure } from "./figure.js";
import { KEYS, requestsPerSecond } from "./load.js";
import { ask, info, infoText, quantile } from "./probe.js";

const LOAD = { test: "set", pipeline: 16 } as const;
const POLL_MS = 5;
/** While the lag is measured, so many other writes come every millisecond. */
const WRITES_EACH_MS = 20;
const PROBE_KEY = "probe";
const VALUE = "v".repeat(64);
/** What a new replica applies before its lag and its speed are measured. */
const WARMING_WRITES = 300_000;

/** A transfer begins at once, a replica that was stopped keeps its connection, and keys that are set tell of it. */
const ARGS = [
  ...["--repl-diskless-sync-delay", "0"],
  ...["--client-output-buffer-limit", "replica 0 0 0"],
  ...["--notify-keyspace-events", "K$"],
];

/** Names of a primary and its replica. */
type PairName = `${Name}-${Name}`;
type Measured = Partial<Record<PairName, number[]>>;

interface Measurements {
  readonly resyncMs: Measured;
  readonly rate: Measured;
  readonly lagUs: Measured;
  readonly appliedRate: Measured;
}

const OURS = "tidemark-tidemark";
const REDIS = "redis-redis";

export async function replication(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  const keys = effort.restartCommands;
  const rounds = Math.min(effort.rounds, 3);
  const measured: Measurements = { resyncMs: {}, rate: {}, lagUs: {}, appliedRate: {} };
  const primaries: Contender[] = [];
  try {
    for (const name of ["tidemark", "redis"] as const) {
      const primary = await Contender.start(name, { appendOnly: false, args: ARGS });
      primaries.push(primary);
      await fill(primary.port, keys);
    }
    // A round more in the front warms the primaries up.
    for (let round = -1; round < rounds; round++)
      for (const primary of alternated(primaries, round + 2))
        for (const replica of ["tidemark", "redis"] as const)
          await withReplica(primary, replica, async (pair) => {
            if (round < 0) return;
            await measure(pair, effort, measured);
          });
  } finally {
    for (const primary of primaries) await primary.remove();
  }
  report(keys, measured, show);
}

interface Pair {
  readonly name: PairName;
  readonly primary: Contender;
  readonly replica: Contender;
  /** From REPLICAOF to the moment when the replica follows. */
  readonly resyncMs: number;
}

/** A replica that is new, for as long as the action takes. */
async function withReplica(
  primary: Contender,
  name: Name,
  action: (pair: Pair) => Promise<void>,
): Promise<void> {
  const replica = await Contender.start(name, { appendOnly: false, args: ARGS });
  try {
    const began = performance.now();
    await ask(replica.port, "REPLICAOF", "127.0.0.1", String(primary.port));
    await until(async () => (await infoText(replica.port, "replication", "master_link_status")) === "up");
    const resyncMs = performance.now() - began;
    await action({ name: `${primary.name}-${name}`, primary, replica, resyncMs });
  } finally {
    await replica.remove();
  }
}

async function measure(pair: Pair, effort: Effort, into: Measurements): Promise<void> {
  note(into.resyncMs, pair, pair.resyncMs);
  await fill(pair.primary.port, WARMING_WRITES, scattered(WARMING_WRITES));
  await caughtUp(pair);
  // What the primary pays is seen beside the same replica, what the replica pays beside the same primary.
  if (pair.replica.name === "redis") note(into.rate, pair, await writeRate(pair, effort.seconds));
  if (pair.name === OURS || pair.name === REDIS) {
    await lags(pair, effort.seconds);
    note(into.lagUs, pair, quantile(await lags(pair, effort.seconds * 2), 0.99));
  }
  if (pair.primary.name === "redis")
    note(into.appliedRate, pair, await applied(pair, effort.restartCommands / 2));
}

function note(into: Measured, { name }: Pair, value: number): void {
  into[name] ??= [];
  into[name].push(value);
}

/** Writes a second that the primary takes. */
async function writeRate(pair: Pair, seconds: number): Promise<number> {
  const trial = await requestsPerSecond(pair.primary, LOAD, 200_000);
  const rate = await requestsPerSecond(pair.primary, LOAD, Math.ceil(trial * seconds));
  await caughtUp(pair);
  return rate;
}

/** Microseconds from a write on the primary to the moment when the replica shows it, sorted; others write as well. */
async function lags({ primary, replica }: Pair, seconds: number): Promise<Float64Array> {
  const found: number[] = [];
  const writer = connect({ port: primary.port, host: "127.0.0.1", noDelay: true });
  const listener = connect({ port: replica.port, host: "127.0.0.1", noDelay: true });
  writer.resume();
  let others: NodeJS.Timeout | undefined;
  try {
    listener.write(`SUBSCRIBE __keyspace@0__:${PROBE_KEY}\r\n`);
    await answer(listener);
    const end = performance.now() + seconds * 1000;
    others = setInterval(() => writer.write(someWrites()), 1);
    while (performance.now() < end) {
      const seen = answer(listener);
      const sent = performance.now();
      writer.write(request("SET", PROBE_KEY, String(sent)));
      await seen;
      found.push((performance.now() - sent) * 1000);
    }
  } finally {
    clearInterval(others);
    writer.destroy();
    listener.destroy();
  }
  return Float64Array.from(found).sort();
}

function answer(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("data", () => {
      socket.off("error", reject);
      resolve();
    });
  });
}

function someWrites(): string {
  let text = "";
  for (let i = 0; i < WRITES_EACH_MS; i++) {
    const number = String(Math.floor(Math.random() * KEYS)).padStart(KEY_DIGITS, "0");
    text += request("SET", `key:${number}`, VALUE);
  }
  return text;
}

/** Stops the replica, lets the primary go on, and gives back how many of the writes a second the replica then applies. */
async function applied(pair: Pair, writes: number): Promise<number> {
  const { primary, replica } = pair;
  await caughtUp(pair);
  replica.child.kill("SIGSTOP");
  try {
    await fill(primary.port, writes, scattered(writes));
  } finally {
    replica.child.kill("SIGCONT");
  }
  const began = performance.now();
  await caughtUp(pair);
  return (writes * 1000) / (performance.now() - began);
}

/** Waits until the replica has applied everything that the primary has written by now. */
async function caughtUp({ primary, replica }: Pair): Promise<void> {
  const offset = await info(primary.port, "master_repl_offset", "replication");
  await until(async () => (await info(replica.port, "slave_repl_offset", "replication")) >= offset);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

function report(keys: number, measured: Measurements, show: (figure: Figure) => void): void {
  const both = (what: Measured, ours: PairName): [number[], number[]] => [
    what[ours] ?? [],
    what[REDIS] ?? [],
  ];
  const { resyncMs, rate, lagUs, appliedRate } = measured;
  const full = `Full resync, ${keys / 1e6} million keys`;
  const toRedis = "tidemark-redis";
  const fromRedis = "redis-tidemark";
  show(compared(full, "ms", both(resyncMs, OURS), "at most", 1.2));
  show(compared(`${full}, to redis-server`, "ms", both(resyncMs, toRedis), "at most", 1.2));
  show(compared(`${full}, from redis-server`, "ms", both(resyncMs, fromRedis), "at most", 1.2));
  show(compared("SET with a replica, pipeline 16", "requests/s", both(rate, toRedis), "at least", 0.95));
  show(compared("p99 of the lag of a replica", "µs", both(lagUs, OURS), "at most", 1));
  show(compared("Stream that a replica applies", "commands/s", both(appliedRate, fromRedis), "at least", 1));
}
