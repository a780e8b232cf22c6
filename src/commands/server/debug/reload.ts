/** DEBUG LOADAOF: the dataset as the append-only file would bring it back. */

import type { Call } from "../../../engine/call.js";
import { fail } from "../../../engine/errors.js";

/** The client waits until the file is loaded; the others are told that the dataset is being loaded. */
export function loadAof(call: Call): void {
  const { client, engine } = call;
  if (engine.isNested) throw fail("DEBUG LOADAOF is not possible inside a transaction");
  if (engine.services.aof === null) throw fail("DEBUG LOADAOF is not possible without an append-only file");
  engine.blocking.block(call, { timedOut: null, end: () => {} }, 0);
  const { blocked } = client;
  engine.services.reload().then(
    () => {
      // Unless the client has gone meanwhile.
      if (client.blocked === blocked) engine.blocking.finish(client, (reply) => reply.ok());
      // Keys that others wait for may have come with the file.
      engine.blocking.serve();
    },
    (error: Error) => {
      // As after a failed start, there is no dataset that could be served.
      engine.services.log("warning", `Error trying to load the AOF files, exiting: ${error.message}`);
      engine.platform.host.exit(1);
    },
  );
}
