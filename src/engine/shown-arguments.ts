/** A command's arguments as others may see them, in MONITOR and SLOWLOG: without passwords. */

import type { Request } from "../resp/request.js";
import type { Command } from "./command.js";

const REDACTED = Buffer.from("(redacted)");

/** The first `count` arguments, as views that are valid while the command runs. */
export function shownArguments(command: Command, request: Request, count: number = request.argc): Buffer[] {
  const secrets = command.declaration.secrets?.(request) ?? [];
  return Array.from({ length: count }, (_, at) => (secrets.includes(at) ? REDACTED : request.view(at)));
}
