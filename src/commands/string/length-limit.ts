/** How long a string may become. */

import type { Call } from "../../engine/call.js";
import { fail } from "../../engine/errors.js";

/** The longest string that memory can hold, in bytes, with the room that a growing one gets ahead; below 2^31. */
const STRING_BYTES_MAX = 2 ** 31 - 4 * 1024 * 1024;

/** Throws Redis's error unless a string may have that many bytes. The log is obeyed whatever it says. */
export function checkLength(call: Call, bytes: number): void {
  const limit = call.client.kind === "normal" ? call.engine.config.values["proto-max-bulk-len"] : Infinity;
  if (bytes > Math.min(limit, STRING_BYTES_MAX)) {
    throw fail("string exceeds maximum allowed size (proto-max-bulk-len)");
  }
}
