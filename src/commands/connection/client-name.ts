/** What a client may call itself and its library. */

import type { Call } from "../../engine/call.js";

/** Whether the argument has only printable ASCII characters and no space: CLIENT LIST must stay readable. */
export function isPlainText(call: Call, at: number): boolean {
  return call.view(at).every((byte) => byte >= 33 && byte <= 126);
}

export const BAD_NAME = "Client names cannot contain spaces, newlines or special characters.";
