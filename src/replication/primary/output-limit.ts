/** How much may wait for a replica (`client-output-buffer-limit replica`), and what the backlog has to do with it. */

import type { Values } from "../../config/table.js";

/** What is wrong with the limit for what may wait for a replica, as a line for the log; null when it is large enough. */
export function limitWarning(values: Readonly<Values>): string | null {
  const size = values["repl-backlog-size"];
  const { hard, soft, softSeconds } = values["client-output-buffer-limit"].replica;
  const what = "client-output-buffer-limit replica";
  if (hard > 0 && hard < size)
    return `${what}: the hard limit ${hard} is smaller than repl-backlog-size ${size}, which is the limit instead: a replica must not be cut off while it is sent the backlog.`;
  if (soft > 0 && soft < size)
    return `${what}: the soft limit ${soft} is smaller than repl-backlog-size ${size}: a replica that takes longer than ${softSeconds} seconds to get the backlog is cut off, and lacks even more when it comes back.`;
  return null;
}
