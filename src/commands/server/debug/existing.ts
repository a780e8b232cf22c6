/** The key that a subcommand of DEBUG is about. */

import type { Call } from "../../../engine/call.js";
import { noSuchKey } from "../../../engine/errors.js";
import type { Ref } from "../../../memory/memory.js";

/** The entry of the key that is asked about. */
export function existing(call: Call): Ref {
  const ref = call.database.peek(call.key(2));
  if (ref === 0) throw noSuchKey();
  return ref;
}
