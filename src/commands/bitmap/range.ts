/** The unit of BITCOUNT's and BITPOS's ranges. */

import { oneOf, optional, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { syntaxError } from "../../engine/errors.js";

export const unitArgument = optional(
  oneOf("unit", [token("byte", "BYTE"), token("bit", "BIT")], { since: "7.0.0" }),
);

/** How many positions of the range a byte has, as the argument says: 8 of BIT, 1 of BYTE. */
export function readUnit(call: Call, at: number): number {
  if (call.is(at, "bit")) return 8;
  if (call.is(at, "byte")) return 1;
  throw syntaxError();
}
