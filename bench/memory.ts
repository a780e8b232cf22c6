/** Resident memory of many small keys, and the longest pause of the event loop while they are written. */

import { fill, scattered } from "./connection.js";
import { Contender } from "./contender.js";
import type { Effort, Figure } from "./figure.js";

export async function memory(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  const keys = effort.memoryKeys;
  const ours = await measureOurs(keys);
  const redis = await measureRedis(keys);
  const millions = `${keys / 1e6} million keys of 16 + 64 bytes`;
  show({
    name: `Memory, ${millions}`,
    unit: "bytes/key",
    ours: ours.residentBytes / keys,
    redis: redis / keys,
    demand: { of: "ratio", bound: "at most", limit: 0.95 },
  });
  for (const [doing, pauseMs] of Object.entries(ours.pauses))
    show({
      name: `Longest pause, ${doing}`,
      unit: "ms",
      ours: pauseMs,
      redis: null,
      demand: { of: "value", bound: "at most", limit: 10 },
    });
}

async function measureOurs(keys: number): Promise<{ residentBytes: number; pauses: Record<string, number> }> {
  const server = await Contender.startWatched();
  try {
    const filling = await longestPause(server, () => fill(server.port, keys));
    const residentBytes = server.residentBytes();
    const overwriting = await longestPause(server, () => fill(server.port, keys, scattered(keys)));
    return { residentBytes, pauses: { filling, overwriting } };
  } finally {
    await server.remove();
  }
}

async function measureRedis(keys: number): Promise<number> {
  const server = await Contender.start("redis");
  try {
    await fill(server.port, keys);
    return server.residentBytes();
  } finally {
    await server.remove();
  }
}

async function longestPause(server: Contender, action: () => Promise<void>): Promise<number> {
  await ask(server, "reset");
  await action();
  return Number(await ask(server, "report"));
}

function ask(server: Contender, message: string): Promise<unknown> {
  const answer = new Promise((resolve) => server.child.once("message", resolve));
  server.child.send(message);
  return answer;
}
