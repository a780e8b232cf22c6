/**
 * How many clients the limit on open files leaves room for. What the server needs for itself is reserved: else clients
 * that are too many would keep snapshots and the append-only file from opening theirs.
 */

import type { Engine } from "../engine/engine.js";

/** Files of the server itself: its log, its threads, listening sockets, replicas, and Node's own. */
const RESERVED_FILES = 64;

/** Lowers `maxclients` to what can be had, and refuses later to raise it beyond that. */
export function keepToOpenFiles({ config, platform, services }: Engine): void {
  const files = platform.host.openFilesMax();
  const most = Math.max(1, files - RESERVED_FILES);
  const wanted = config.values.maxclients;
  if (wanted > most) {
    config.assign("maxclients", most);
    services.log(
      "warning",
      `You requested maxclients of ${wanted} requiring at least ${wanted + RESERVED_FILES} max file descriptors.`,
    );
    services.log(
      "warning",
      `Current maximum open files is ${files}. maxclients has been reduced to ${most} to compensate for low ulimit. ` +
        "If you need higher maxclients increase 'ulimit -n'.",
    );
  }
  config.onChange("maxclients", (values) =>
    values.maxclients > most
      ? `The operating system is not able to handle the specified number of clients, try with ${most}`
      : undefined,
  );
}
