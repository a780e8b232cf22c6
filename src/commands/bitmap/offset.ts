/** Bit offsets as arguments give them. Bit 0 is the most significant bit of the first byte. */

import type { Call } from "../../engine/call.js";
import { fail } from "../../engine/errors.js";
import { parseInteger } from "../../util/integer.js";

const HASH = 0x23;

const badOffset = (): Error => fail("bit offset is not an integer or out of range");

/** The offset at an argument: inside the longest string that is allowed. The log is obeyed whatever it says. */
export function bitOffset(call: Call, at: number): number {
  return call.integer(at, badOffset, 0, lastBit(call));
}

/** The offset of a field of that many bits: in bits, or after `#` in fields. */
export function fieldOffset(call: Call, at: number, bits: number): number {
  const { bytes, starts, ends } = call.request;
  if (bytes[starts[at]!] !== HASH || call.length(at) === 0) return bitOffset(call, at);
  const offset = parseInteger(bytes, starts[at]! + 1, ends[at]!) * bits;
  if (!(offset >= 0 && offset <= lastBit(call))) throw badOffset();
  return offset;
}

function lastBit(call: Call): number {
  if (call.client.kind !== "normal") return Number.MAX_SAFE_INTEGER;
  return Math.min(call.engine.config.values["proto-max-bulk-len"] * 8 - 1, Number.MAX_SAFE_INTEGER);
}
