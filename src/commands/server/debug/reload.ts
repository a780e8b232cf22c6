/** DEBUG LOADAOF and DEBUG RELOAD: the dataset as the files would bring it back. */

import type { Call } from "../../../engine/call.js";
import { CommandError, fail } from "../../../engine/errors.js";

export function loadAof(call: Call): void {
  const { engine } = call;
  if (engine.isNested) throw fail("DEBUG LOADAOF is not possible inside a transaction");
  const { aof, loading } = engine.services;
  if (loading !== null) throw fail("LOADING Redis is loading the dataset in memory");
  if (aof === null) throw fail("DEBUG LOADAOF is not possible without an append-only file");
  if (aof.isProvisional)
    throw fail("DEBUG LOADAOF is not possible before the first rewrite of the append-only file has ended");
  holdWhile(call, engine.services.reload(), "Error trying to load the AOF files");
}

/** Saves a snapshot, empties the dataset and loads the snapshot; options leave out one or the other. */
export function reload(call: Call): void {
  const { engine } = call;
  const options = readOptions(call);
  if (engine.isNested) throw fail("DEBUG RELOAD is not possible inside a transaction");
  if (engine.services.loading !== null) throw fail("LOADING Redis is loading the dataset in memory");
  const { saver } = engine.services;
  if (options.save && !saver.save()) throw new CommandError("ERR");
  const reloading = engine.services.reloadSnapshot(options);
  if (reloading === null) throw fail("Error trying to load the RDB dump, check server logs.");
  holdWhile(call, reloading, "Error trying to load the RDB dump");
}

interface ReloadOptions {
  readonly save: boolean;
  readonly flush: boolean;
  /** Whether a value from the snapshot takes the place of one that is there. */
  readonly merge: boolean;
}

function readOptions(call: Call): ReloadOptions {
  const options = { save: true, flush: true, merge: false };
  for (let at = 2; at < call.argc; at++) {
    if (call.is(at, "merge")) options.merge = true;
    else if (call.is(at, "noflush")) options.flush = false;
    else if (call.is(at, "nosave")) options.save = false;
    else throw fail("DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
  }
  return options;
}

/** The client waits until the dataset is loaded; the others are told that it is being loaded. */
function holdWhile(call: Call, loading: Promise<void>, failure: string): void {
  const { client, engine } = call;
  engine.blocking.block(call, { timedOut: null, end: () => {} }, 0);
  const { blocked } = client;
  loading.then(
    () => {
      // Unless the client has gone meanwhile.
      if (client.blocked === blocked) engine.blocking.finish(client, (reply) => reply.ok());
      // Keys that others wait for may have come with the file.
      engine.blocking.serve();
    },
    (error: Error) => {
      // As after a failed start, there is no dataset that could be served.
      engine.services.log("warning", `${failure}, exiting: ${error.message}`);
      engine.platform.host.exit(1);
    },
  );
}
