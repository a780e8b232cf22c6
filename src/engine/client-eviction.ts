/** `maxmemory-clients`: when the buffers of all clients together take too much, the largest clients are disconnected. */

import type { Client } from "./client.js";
import type { Engine } from "./engine.js";

/** Disconnects clients until the others are within the limit; those that asked for CLIENT NO-EVICT stay. */
export function evictClients(engine: Engine): void {
  const limit = limitBytes(engine);
  let { clientBytes } = engine.memory;
  if (limit === 0 || clientBytes <= limit) return;
  const candidates = [...engine.clients.all()].filter(({ noEvict, replica }) => !noEvict && replica === null);
  candidates.sort((a: Client, b: Client) => b.bufferBytes - a.bufferBytes);
  for (const client of candidates) {
    if (clientBytes <= limit) return;
    clientBytes -= client.bufferBytes;
    engine.services.log("notice", `Evicting client: id=${client.id} addr=${client.link.remote}`);
    engine.statistics.evictedClients++;
    client.link.destroy();
  }
}

/** 0 without a limit. A negative value is a percentage of `maxmemory`. */
function limitBytes(engine: Engine): number {
  const { maxmemory, "maxmemory-clients": limit } = engine.config.values;
  return limit >= 0 ? limit : Math.floor((maxmemory * -limit) / 100);
}
