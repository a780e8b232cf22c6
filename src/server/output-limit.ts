/** `client-output-buffer-limit`: a client that does not read what is sent to it is disconnected. */

import { clientLine } from "../commands/connection/client/line.js";
import type { BufferLimit } from "../config/kinds/buffer-limits.js";
import type { Values } from "../config/table.js";
import type { Client } from "../engine/client.js";
import type { Engine } from "../engine/engine.js";

/**
 * Closes the connection when its unsent output is above the hard limit of its class, or above the soft one for too
 * long. Called when the kernel has not taken all of it, and once a second.
 */
export function checkOutput(client: Client, engine: Engine): void {
  const { hard, soft, softSeconds } = limitOf(client, engine.config.values);
  const { now } = engine.keyspace;
  const bytes = client.link.outputBytes + client.reply.length;
  const aboveSoft = soft > 0 && bytes > soft;
  if (!aboveSoft) client.softLimitSinceMs = 0;
  else if (client.softLimitSinceMs === 0) client.softLimitSinceMs = now;
  const tooLong = aboveSoft && now - client.softLimitSinceMs > softSeconds * 1000;
  if (!tooLong && !(hard > 0 && bytes > hard)) return;
  engine.statistics.outputLimitDisconnections++;
  if (client.replica !== null) engine.services.primary.blame(client.replica, "output-limit");
  engine.services.log(
    "warning",
    `Client ${clientLine(client, now, null)} scheduled to be closed ASAP for overcoming of output buffer limits.`,
  );
  client.link.destroy();
}

/**
 * A replica may be behind by as much as the backlog has, whatever the limit says: these bytes are kept anyhow, and a
 * replica that was allowed to continue must not be cut off for it.
 */
function limitOf(client: Client, values: Readonly<Values>): BufferLimit {
  const limits = values["client-output-buffer-limit"];
  if (client.replica === null) return client.subscribed ? limits.pubsub : limits.normal;
  const { hard, soft, softSeconds } = limits.replica;
  return { hard: hard === 0 ? 0 : Math.max(hard, values["repl-backlog-size"]), soft, softSeconds };
}
