/**
 * `supervised`: a service manager may wait to be told that the server is ready. Node.js cannot tell it: systemd listens
 * on a datagram socket of the Unix domain. It would wait in vain and then kill a server that works, so what it asked
 * for is refused at once. Where no manager waits, the same command line starts the server, as it does redis-server.
 */

import type { Config } from "../config/config.js";
import { FatalConfigError } from "../config/fatal.js";
import type { Platform } from "../platform/platform.js";
import type { Logger } from "./logger.js";

/** How a manager shows that it waits, and what Redis says when it does not. */
const MANAGERS = [
  {
    name: "systemd",
    variable: "NOTIFY_SOCKET",
    absent: "systemd supervision error: NOTIFY_SOCKET not found!",
  },
  {
    name: "upstart",
    variable: "UPSTART_JOB",
    absent: "upstart supervision requested, but UPSTART_JOB not found!",
  },
] as const;

/** Throws a FatalConfigError when the named manager waits; warns when it does not, and of one that `auto` finds. */
export function checkSupervision({ host }: Platform, config: Config, logger: Logger): void {
  const asked = config.values.supervised;
  for (const { name, variable, absent } of MANAGERS) {
    const waits = host.environment[variable] !== undefined;
    const refusal = `supervised ${asked} is not possible in Node.js, and ${name} waits for it: use a service of type simple`;
    if (asked === name && waits) throw new FatalConfigError(null, refusal);
    if (asked === "auto" && waits) logger.log("warning", refusal);
    if (asked === name && !waits) logger.log("warning", absent);
  }
}
