/** `client-output-buffer-limit`: a client that does not read what is sent to it is disconnected. */

import type { Client } from "../engine/client.js";
import type { Engine } from "../engine/engine.js";

/**
 * Closes the connection when its unsent output is above the hard limit of its class, or above the soft one for too
 * long. Called when the kernel has not taken all of it, and once a second.
 */
export function checkOutput(client: Client, engine: Engine): void {
  const limits = engine.config.values["client-output-buffer-limit"];
  const { hard, soft, softSeconds } = client.subscribed ? limits.pubsub : limits.normal;
  const { now } = engine.keyspace;
  const bytes = client.link.outputBytes + client.reply.length;
  const aboveSoft = soft > 0 && bytes > soft;
  if (!aboveSoft) client.softLimitSinceMs = 0;
  else if (client.softLimitSinceMs === 0) client.softLimitSinceMs = now;
  const tooLong = aboveSoft && now - client.softLimitSinceMs > softSeconds * 1000;
  if (!tooLong && !(hard > 0 && bytes > hard)) return;
  engine.statistics.outputLimitDisconnections++;
  engine.services.log(
    "warning",
    `Client id=${client.id} addr=${client.link.remote} scheduled to be closed ASAP for overcoming of output buffer limits.`,
  );
  client.link.destroy();
}
