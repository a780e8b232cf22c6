/** From the start of the process to the first command served, with a long append-only file to read. */

import { fill, scattered } from "./connection.js";
import { alternated, Contender, type Name } from "./contender.js";
import { type Effort, type Figure, median } from "./figure.js";

export async function restart(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  const prepared = [await prepare("tidemark", effort), await prepare("redis", effort)];
  const times: Record<Name, number[]> = { tidemark: [], redis: [] };
  try {
    for (let round = 0; round < effort.rounds; round++)
      for (const { name, dir } of alternated(prepared, round)) times[name].push(await startMs(name, dir));
  } finally {
    for (const server of prepared) await server.remove();
  }
  show({
    name: `Restart, AOF of ${effort.restartCommands / 1e6} million commands`,
    unit: "ms",
    ours: median(times.tidemark),
    redis: median(times.redis),
    demand: { of: "ratio", bound: "at most", limit: 1.5 },
  });
}

/** A stopped server whose directory holds an AOF of so many SETs, each key written twice. */
async function prepare(name: Name, effort: Effort): Promise<Contender> {
  const server = await Contender.start(name);
  const keys = effort.restartCommands / 2;
  await fill(server.port, keys);
  await fill(server.port, keys, scattered(keys));
  await server.stop();
  return server;
}

async function startMs(name: Name, dir: string): Promise<number> {
  const server = await Contender.start(name, { dir });
  await server.stop();
  return server.startMs;
}
