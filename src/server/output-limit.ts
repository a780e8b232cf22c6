/** `client-output-buffer-limit`: a client that does not read its replies is disconnected. */

import type { Engine } from "../engine/engine.js";
import type { Connection } from "./connection.js";

/** Closes the connection when its unsent output is above the hard limit, or above the soft one for too long. */
export function checkOutput(connection: Connection, engine: Engine, pendingBytes: number): void {
  const limits = engine.config.values["client-output-buffer-limit"];
  const { hard, soft, softSeconds } = connection.client.subscribed ? limits.pubsub : limits.normal;
  const { now } = engine.keyspace;
  const aboveSoft = soft > 0 && pendingBytes > soft;
  if (!aboveSoft) connection.softLimitSinceMs = 0;
  else if (connection.softLimitSinceMs === 0) connection.softLimitSinceMs = now;
  const tooLong = aboveSoft && now - connection.softLimitSinceMs > softSeconds * 1000;
  if (!tooLong && !(hard > 0 && pendingBytes > hard)) return;
  engine.statistics.outputLimitDisconnections++;
  const { id } = connection.client;
  engine.services.log(
    "warning",
    `Client id=${id} addr=${connection.remote} scheduled to be closed ASAP for overcoming of output buffer limits.`,
  );
  connection.destroy();
}
