/** How long a command may block: an argument in seconds, or in milliseconds. */

import type { Call } from "../engine/call.js";
import { type CommandError, fail } from "../engine/errors.js";
import { parseLongDouble } from "../util/longdouble.js";
import { type Binary, EXTENDED, roundBinary } from "../util/numeral.js";

const INT64_MAX = 2n ** 63n - 1n;
/** Whole seconds up to this (some 30,000 years) need no closer look. */
const USUAL_MAX = 1e12;
const MINUS = 0x2d;

const notFloat = (): CommandError => fail("timeout is not a float or out of range");
const negative = (): CommandError => fail("timeout is negative");
const outOfRange = (): CommandError => fail("timeout is out of range");

/** The argument in whole milliseconds, rounded up; 0 is for ever. Throws Redis's errors. */
export function readTimeout(call: Call, at: number): number {
  const seconds = call.maybeInteger(at);
  if (seconds >= 0 && seconds <= USUAL_MAX) return seconds * 1000;
  const ms = Number.isNaN(seconds) ? fractional(call, at) : BigInt(seconds) * 1000n;
  return limited(call, ms);
}

/** The argument, in whole milliseconds; 0 is for ever. Throws Redis's errors. */
export function readTimeoutMs(call: Call, at: number): number {
  return limited(
    call,
    call.integer64(at, () => fail("timeout is not an integer or out of range")),
  );
}

/** A time that has an end which can be said. */
function limited(call: Call, ms: bigint): number {
  if (ms < 0n) throw negative();
  if (ms > INT64_MAX - BigInt(call.engine.keyspace.now)) throw outOfRange();
  return Number(ms);
}

/** As Redis computes it, in extended precision: -0.001 seconds are then a little less than -1 ms, and become 0. */
function fractional(call: Call, at: number): bigint {
  const { bytes, starts, ends } = call.request;
  const seconds = parseLongDouble(bytes, starts[at]!, ends[at]!);
  if (seconds === null) throw notFloat();
  if (seconds === "infinite") throw bytes[starts[at]!] === MINUS ? negative() : outOfRange();
  const ms = roundBinary({ mantissa: seconds.mantissa * 1000n, exponent: seconds.exponent }, EXTENDED);
  if (ms === null) throw seconds.mantissa < 0n ? negative() : outOfRange();
  return ceiling(ms);
}

function ceiling({ mantissa, exponent }: Binary): bigint {
  if (exponent >= 0) return mantissa << BigInt(exponent);
  // A shift to the right rounds down.
  return -(-mantissa >> BigInt(-exponent));
}
