/** The rewrite of the append-only file beside redis-server's, in both layouts, and a disk that is slow to sync. */

import { fill } from "./connection.js";
import { alternated, Contender, type ContenderOptions, type Name } from "./contender.js";
import { compared, type Effort, type Figure, median } from "./figure.js";
import { requestsPerSecond } from "./load.js";
import { paced } from "./paced.js";
import { ask, info, quantile } from "./probe.js";

/** The full effort's keys are five millions; the rewrite is measured with two. */
const SHARE_OF_KEYS = 0.4;
const PER_SECOND = 20_000;
const LOAD = { test: "set", pipeline: 16 } as const;
const POLL_MS = 20;
const SLOW_SYNC_MS = 10;
const READS_PER_SECOND = 2000;

interface Measured {
  readonly rewriteMs: number[];
  readonly p999Us: number[];
  readonly keptShare: number[];
  readonly extraMb: number[];
}

const SERVERS: readonly {
  readonly title: string;
  readonly name: Name;
  readonly options: ContenderOptions;
}[] = [
  { title: "multi-part", name: "tidemark", options: {} },
  { title: "single file", name: "tidemark", options: { args: ["--aof-layout", "single"] } },
  { title: "redis-server", name: "redis", options: {} },
];

interface Subject {
  readonly title: string;
  readonly server: Contender;
  readonly measured: Measured;
}

export async function rewrite(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  const keys = effort.memoryKeys * SHARE_OF_KEYS;
  const subjects: Subject[] = [];
  try {
    for (const { title, name, options } of SERVERS) {
      const server = await Contender.start(name, options);
      subjects.push({
        title,
        server,
        measured: { rewriteMs: [], p999Us: [], keptShare: [], extraMb: [] },
      });
      await fill(server.port, keys);
      // What later ones find: a base to replace, and a thread.
      await rewritten(server.port);
    }
    for (let round = 0; round < Math.min(effort.rounds, 3); round++)
      for (const { server, measured } of alternated(subjects, round))
        await measure(server, keys, effort.seconds, measured);
  } finally {
    for (const { server } of subjects) await server.remove();
  }
  const [parted, single, redis] = subjects.map(({ measured }) => measured);
  compare(keys, "several files", parted!, redis!, show);
  compare(keys, "one file", single!, redis!, show);
  await slowSync(effort, show);
}

async function measure(server: Contender, keys: number, seconds: number, into: Measured): Promise<void> {
  const { port } = server;
  const idle = await requestsPerSecond(server, LOAD, 100_000);
  const requests = Math.ceil(idle * seconds);
  const before = await requestsPerSecond(server, LOAD, requests);
  const ended = rewritten(port);
  into.keptShare.push((await requestsPerSecond(server, LOAD, requests)) / before);
  await ended;

  const resident = server.residentBytes();
  let most = resident;
  const micros = await paced({ port, keys, perSecond: PER_SECOND, command: "SET" }, async () => {
    const began = performance.now();
    await rewritten(port, () => {
      most = Math.max(most, server.residentBytes());
    });
    into.rewriteMs.push(performance.now() - began);
  });
  into.p999Us.push(quantile(micros, 0.999));
  // A child of redis-server is a process of its own: it says what its copies took.
  const bytes = server.name === "redis" ? await info(port, "aof_last_cow_size") : most - resident;
  into.extraMb.push(bytes / 1e6);
}

/** A rewrite, from the request to its end. */
async function rewritten(port: number, meanwhile: () => void = () => {}): Promise<void> {
  await ask(port, "BGREWRITEAOF");
  for (;;) {
    const isRunning =
      (await info(port, "aof_rewrite_in_progress")) + (await info(port, "aof_rewrite_scheduled"));
    if (isRunning === 0) return;
    meanwhile();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function compare(
  keys: number,
  layout: string,
  ours: Measured,
  redis: Measured,
  show: (figure: Figure) => void,
): void {
  const of = `${keys / 1e6} million keys, ${layout}`;
  const both = (what: keyof Measured): [number[], number[]] => [ours[what], redis[what]];
  const pace = `at ${PER_SECOND} SET/s`;
  show(compared(`p99.9 ${pace} during BGREWRITEAOF, ${of}`, "µs", both("p999Us"), "at most", 1));
  show(compared(`Throughput kept during BGREWRITEAOF, ${of}`, "share", both("keptShare"), "at least", 1));
  show(compared(`Memory for BGREWRITEAOF ${pace}, ${of}`, "MB", both("extraMb"), "at most", 0.5));
  show(compared(`BGREWRITEAOF ${pace}, ${of}`, "ms", both("rewriteMs"), "at most", 1.5));
}

/** Reads beside writes under `always`, on a disk that syncs at once and on one that takes its time. */
async function slowSync(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  const quick = await Contender.startWatched({ fsync: "always" });
  const slow = await Contender.startWatched({ fsync: "always", syncMs: SLOW_SYNC_MS });
  const micros = new Map<Contender, number[]>([
    [quick, []],
    [slow, []],
  ]);
  try {
    for (let round = -1; round < effort.rounds; round++)
      for (const server of alternated([quick, slow], round)) {
        const { port } = server;
        const written = paced(
          { port, keys: 1000, perSecond: READS_PER_SECOND, command: "SET" },
          () => new Promise((resolve) => setTimeout(resolve, effort.seconds * 1000)),
        );
        // Other keys than those that are written: their values are on the device.
        const read = await paced(
          { port, keys: 0, perSecond: READS_PER_SECOND, command: "STRLEN" },
          () => written,
        );
        if (round >= 0) micros.get(server)!.push(quantile(read, 0.99));
      }
  } finally {
    await Promise.all([quick.remove(), slow.remove()]);
  }
  show({
    name: `p99 of reads, syncs of ${SLOW_SYNC_MS} ms (beside: as the disk is)`,
    unit: "µs",
    ours: median(micros.get(slow)!),
    redis: median(micros.get(quick)!),
    demand: { of: "ratio", bound: "at most", limit: 1.5 },
  });
}
