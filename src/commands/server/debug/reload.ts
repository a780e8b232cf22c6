/** DEBUG LOADAOF: the dataset as the append-only file would bring it back. */

import type { Call } from "../../../engine/call.js";
import { fail } from "../../../engine/errors.js";

/** The client waits until the file is loaded; the others are told that the dataset is being loaded. */
export function loadAof(call: Call): void {
  const { client, engine, reply } = call;
  if (engine.isNested) throw fail("DEBUG LOADAOF is not possible inside a transaction");
  if (engine.services.aof === null) throw fail("DEBUG LOADAOF is not possible without an append-only file");
  // When the reply is written, nobody looks any more at whether the client wants one.
  const isMuted = client.replyMode === "off" || client.replyMode === "skip";
  client.held = true;
  const finish = (): void => {
    client.held = false;
    client.link.wake();
  };
  engine.services.reload().then(
    () => {
      if (!isMuted) reply.ok();
      finish();
    },
    (error: Error) => {
      // As after a failed start, there is no dataset that could be served.
      engine.services.log("warning", `Error trying to load the AOF files, exiting: ${error.message}`);
      engine.platform.host.exit(1);
    },
  );
}
