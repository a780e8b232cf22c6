/** What the seals in the append-only file cost: bytes of the file, and processor time of the server. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { alternated, Contender } from "./contender.js";
import { type Effort, type Figure, median } from "./figure.js";
import { requestsPerSecond } from "./load.js";

const LOADS = [
  { pipeline: 1, requests: 60_000 },
  { pipeline: 16, requests: 600_000 },
] as const;

export async function annotations(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  for (const { pipeline, requests } of LOADS) {
    const sealed = await Contender.start("tidemark");
    const plain = await Contender.start("tidemark", { args: ["--aof-annotations", "no"] });
    const ticks = new Map<Contender, number[]>([
      [sealed, []],
      [plain, []],
    ]);
    try {
      for (let round = -1; round < effort.rounds; round++)
        for (const server of alternated([sealed, plain], round)) {
          const before = userTicks(server);
          await requestsPerSecond(server, { test: "set", pipeline }, requests);
          // The first round is for the compiler.
          if (round >= 0) ticks.get(server)!.push(userTicks(server) - before);
        }
      const extra = (a: number, b: number): number => Math.max(0, (a / b - 1) * 100);
      show({
        name: `Seals of the AOF, SET P=${pipeline}, processor time`,
        unit: "% more",
        ours: extra(median(ticks.get(sealed)!), median(ticks.get(plain)!)),
        redis: null,
        demand: { of: "value", bound: "at most", limit: 5 },
      });
      show({
        name: `Seals of the AOF, SET P=${pipeline}, bytes of the file`,
        unit: "% more",
        ours: extra(logBytes(sealed), logBytes(plain)),
        redis: null,
        demand: { of: "value", bound: "at most", limit: 1 },
      });
    } finally {
      await Promise.all([sealed.remove(), plain.remove()]);
    }
  }
}

/** User time of the process so far, in clock ticks. */
function userTicks(server: Contender): number {
  const stat = readFileSync(`/proc/${server.child.pid}/stat`, "latin1");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]);
}

function logBytes(server: Contender): number {
  const directory = join(server.dir, "appendonlydir");
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}
