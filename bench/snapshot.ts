/** Snapshots: how long BGSAVE takes, what it costs while it runs, and how long loading takes. */

import { fill, scattered } from "./connection.js";
import { alternated, Contender, type Name } from "./contender.js";
import { compared, type Effort, type Figure, median } from "./figure.js";
import { requestsPerSecond } from "./load.js";
import { ask, info, latencies, quantile } from "./probe.js";

const OVERWRITTEN = 0.3;
const LOAD = { test: "set", pipeline: 16 } as const;
const POLL_MS = 10;

interface Measured {
  readonly saveMs: number[];
  readonly keptShare: number[];
  readonly p999Us: number[];
  readonly extraMb: number[];
  readonly loadMs: number[];
}

const nothing = (): Measured => ({ saveMs: [], keptShare: [], p999Us: [], extraMb: [], loadMs: [] });

export async function snapshot(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  const keys = effort.memoryKeys;
  const rounds = Math.min(effort.rounds, 3);
  const measured: Record<Name, Measured> = { tidemark: nothing(), redis: nothing() };
  const pauses: number[] = [];
  const both = [
    await Contender.startWatched({ appendOnly: false }),
    await Contender.start("redis", { appendOnly: false }),
  ];
  try {
    for (const { port } of both) {
      await fill(port, keys);
      // The first one also makes what later ones find: a file to replace, and a thread.
      await ask(port, "BGSAVE");
      await saved(port);
    }
    for (let round = 0; round < rounds; round++)
      for (const server of alternated(both, round)) {
        const pause = await measure(server, keys, effort.seconds, measured[server.name]);
        if (pause !== null) pauses.push(pause);
      }
    for (const server of both) await server.stop();
    for (let round = 0; round < rounds; round++)
      for (const { name, dir } of alternated(both, round)) {
        const again = await Contender.start(name, { dir, appendOnly: false });
        measured[name].loadMs.push(again.startMs);
        await again.stop();
      }
  } finally {
    for (const server of both) await server.remove();
  }
  report(keys, measured, pauses, show);
}

/** Gives back the longest pause of the loop at the cut, where that can be seen. */
async function measure(
  server: Contender,
  keys: number,
  seconds: number,
  into: Measured,
): Promise<number | null> {
  const { port } = server;
  const pause = await pauseAtCut(server);
  await saved(port);
  const began = performance.now();
  await ask(port, "BGSAVE");
  await saved(port);
  into.saveMs.push(performance.now() - began);

  const idle = await requestsPerSecond(server, LOAD, 100_000);
  const requests = Math.ceil(idle * seconds);
  const before = await requestsPerSecond(server, LOAD, requests);
  await ask(port, "BGSAVE");
  into.keptShare.push((await requestsPerSecond(server, LOAD, requests)) / before);
  await saved(port);

  await ask(port, "BGSAVE");
  into.p999Us.push(quantile(await latencies(port, keys, saved(port)), 0.999));

  into.extraMb.push((await extraMemory(server, keys)) / 1e6);
  return pause;
}

async function pauseAtCut(server: Contender): Promise<number | null> {
  if (server.name === "redis") return null;
  await tell(server, "reset");
  await ask(server.port, "BGSAVE");
  await ask(server.port, "PING");
  return Number(await tell(server, "report"));
}

/** What redis-server says its copies took; of us, by how much the process grew, whatever for. */
async function extraMemory(server: Contender, keys: number): Promise<number> {
  const { port } = server;
  const before = server.residentBytes();
  await ask(port, "BGSAVE");
  let most = before;
  const ended = saved(port, () => {
    most = Math.max(most, server.residentBytes());
  });
  await fill(port, Math.ceil(keys * OVERWRITTEN), scattered(keys));
  await ended;
  return server.name === "redis" ? info(port, "rdb_last_cow_size") : most - before;
}

/** Waits until no save is running. */
async function saved(port: number, meanwhile: () => void = () => {}): Promise<void> {
  while ((await info(port, "rdb_bgsave_in_progress")) !== 0) {
    meanwhile();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function tell(server: Contender, message: string): Promise<unknown> {
  const answer = new Promise((resolve) => server.child.once("message", resolve));
  server.child.send(message);
  return answer;
}

function report(
  keys: number,
  { tidemark, redis }: Record<Name, Measured>,
  pauses: readonly number[],
  show: (figure: Figure) => void,
): void {
  const of = `${keys / 1e6} million keys`;
  const both = (what: keyof Measured): [number[], number[]] => [tidemark[what], redis[what]];
  show(compared(`BGSAVE, ${of}`, "ms", both("saveMs"), "at most", 1.2));
  show(compared(`Throughput kept during BGSAVE, ${of}`, "share", both("keptShare"), "at least", 1));
  show(compared(`p99.9 during BGSAVE, ${of}`, "µs", both("p999Us"), "at most", 1));
  show(compared(`Memory for BGSAVE, 30 % overwritten, ${of}`, "MB", both("extraMb"), "at most", 0.5));
  show(compared(`Load of a snapshot, ${of}`, "ms", both("loadMs"), "at most", 1.2));
  show({
    name: `Longest pause at the cut, ${of}`,
    unit: "ms",
    ours: median(pauses),
    redis: null,
    demand: { of: "value", bound: "at most", limit: 5 },
  });
}
