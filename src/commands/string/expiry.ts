/** The options that SET and GETEX share, and the expiry that they and SETEX give. */

import type { Call } from "../../engine/call.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { INT64_MAX } from "../../util/integer.js";

// The options, as bits: reading them makes no object.
export const EX = 1;
export const PX = 2;
export const EXAT = 4;
export const PXAT = 8;
export const NX = 16;
export const XX = 32;
export const GET = 64;
export const KEEPTTL = 128;
export const PERSIST = 256;
const OPTIONS = 512;

/** The options that are followed by a time. */
export const TIMES = EX | PX | EXAT | PXAT;
/** The options that say what becomes of the expiry, of which there can be one. */
const EXPIRIES = TIMES | KEEPTTL | PERSIST;

/**
 * The options from argument `first` on, of those allowed: their bits, and with `timeAt` the place of the time. An
 * option may be repeated; of times the last one counts.
 */
export function readOptions(call: Call, first: number, allowed: number): number {
  let options = 0;
  let timeAt = 0;
  for (let at = first; at < call.argc; at++) {
    const option = optionAt(call, at) & allowed;
    if (option === 0 || (options & rivalsOf(option)) !== 0) throw syntaxError();
    options |= option;
    if ((option & TIMES) === 0) continue;
    timeAt = ++at;
    if (timeAt === call.argc) throw syntaxError();
  }
  return options + timeAt * OPTIONS;
}

/** Where the time is, of what `readOptions` gave. */
export function timeAt(options: number): number {
  return Math.floor(options / OPTIONS);
}

function optionAt(call: Call, at: number): number {
  switch (call.length(at)) {
    case 2:
      return call.is(at, "ex")
        ? EX
        : call.is(at, "px")
          ? PX
          : call.is(at, "nx")
            ? NX
            : call.is(at, "xx")
              ? XX
              : 0;
    case 3:
      return call.is(at, "get") ? GET : 0;
    case 4:
      return call.is(at, "exat") ? EXAT : call.is(at, "pxat") ? PXAT : 0;
    case 7:
      return call.is(at, "keepttl") ? KEEPTTL : call.is(at, "persist") ? PERSIST : 0;
    default:
      return 0;
  }
}

/** The options that cannot stand beside this one. */
function rivalsOf(option: number): number {
  if (option === NX) return XX;
  if (option === XX) return NX;
  return option & EXPIRIES ? EXPIRIES & ~option : 0;
}

/**
 * The time at argument `at` as milliseconds since 1970, given the option's bit. What lies beyond the safe integers
 * comes as the largest of them. The error names the command.
 */
export function readExpiry(call: Call, option: number, at: number): number {
  const unit = option & (EX | EXAT) ? 1000 : 1;
  const base = option & (EX | PX) ? call.engine.keyspace.now : 0;
  const value = call.maybeInteger(at);
  const when = value * unit + base;
  if (value > 0 && Number.isSafeInteger(when)) return when;
  return readFarExpiry(call, at, BigInt(unit), BigInt(base));
}

function readFarExpiry(call: Call, at: number, unit: bigint, base: bigint): number {
  const value = call.integer64(at);
  if (value <= 0n || value * unit > INT64_MAX || value * unit + base > INT64_MAX) {
    throw fail(`invalid expire time in '${call.command.fullName}' command`);
  }
  return Number.MAX_SAFE_INTEGER;
}
