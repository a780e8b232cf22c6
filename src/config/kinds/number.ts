/**
 * Kinds whose value is a number: integers, sizes in bytes, permission bits.
 *
 * Values are JavaScript numbers, since what the server computes with them stays far below 2^53. Ranges go up to
 * 2^64, so reading and range checks use bigint, and the largest value of a range is shown exactly. Between 2^53 and
 * that, the nearest double is kept.
 */

import { bytesOfLatin1 } from "../../util/ascii.js";
import { parseInteger64 } from "../../util/integer.js";
import { type Kind, Refusal } from "../directive.js";
import type { ByteString } from "../parse.js";
import { scalar } from "./scalar.js";

/** The ends of C's types, which are the ends of many directives' ranges. */
export const INT_MIN = -(2n ** 31n);
export const INT_MAX = 2n ** 31n - 1n;
export const UINT_MAX = 2n ** 32n - 1n;
export const LONG_MAX = 2n ** 63n - 1n;
export const ULONG_MAX = 2n ** 64n - 1n;

export const KB = 1024;
export const MB = 1024 * KB;
export const GB = 1024 * MB;

function checkRange(value: bigint, min: bigint, max: bigint): number {
  if (value < min || value > max) throw new Refusal(`argument must be between ${min} and ${max} inclusive`);
  return Number(value);
}

/** The value in decimal digits; what was rounded up beyond `max` by becoming a double is `max` again. */
function decimal(value: number, max: bigint): string {
  const exact = BigInt(value);
  return String(exact > max ? max : exact);
}

function rangeText(min: bigint, max: bigint): string {
  const from = min <= INT_MIN ? "" : `${min} to `;
  if (max >= INT_MAX) return min <= INT_MIN ? "any integer" : `${min} or more`;
  return `${from}${max}`;
}

/** A decimal integer in one spelling only: no plus sign, no leading zero. */
export function integer(min: bigint, max: bigint): Kind<number> {
  return scalar(
    rangeText(min, max),
    (argument) => {
      const value = parseInteger64(bytesOfLatin1(argument), 0, argument.length);
      if (value === null) throw new Refusal("argument couldn't be parsed into an integer");
      return checkRange(value, min, max);
    },
    (value) => decimal(value, max),
  );
}

/** A number that is moved to the nearer end of [low, high], as Redis does with some silently. */
export function clamped(accepts: string, kind: Kind<number>, low: number, high: number): Kind<number> {
  return {
    ...kind,
    accepts,
    parse: (args, context) => Math.min(Math.max(kind.parse(args, context), low), high),
  };
}

/** Permission bits in octal digits. */
export function octal(max: number): Kind<number> {
  return scalar(
    `0 to ${max.toString(8)}, octal`,
    (argument) => {
      if (!/^[0-7]+$/.test(argument)) throw new Refusal("argument couldn't be parsed as an octal number");
      const value = Number.parseInt(argument, 8);
      if (value > max) throw new Refusal(`argument must be between 0 and ${max.toString(8)} inclusive`);
      return value;
    },
    (value) => value.toString(8),
  );
}

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["", 1n],
  ["b", 1n],
  ["k", 1000n],
  ["kb", 1n << 10n],
  ["m", 1_000_000n],
  ["mb", 1n << 20n],
  ["g", 1_000_000_000n],
  ["gb", 1n << 30n],
]);

/**
 * Bytes from `100`, `64mb`, `1G`: digits and a unit in any case, where kb, mb, gb are powers of 1024 and k, m, g of
 * 1000. What exceeds 64 bits is the largest such number; no digits are 0. Null when it is none of these.
 */
export function parseMemory(argument: ByteString): bigint | null {
  const [, digits = "", unit = ""] = /^([0-9]*)([a-z]*)$/i.exec(argument) ?? [];
  const factor = UNITS.get(unit.toLowerCase());
  if (factor === undefined || digits.length + unit.length !== argument.length) return null;
  const value = BigInt(digits) * factor;
  return value > ULONG_MAX ? ULONG_MAX : value;
}

/** The size with the largest unit that divides it. */
export function formatMemory(value: number, max: bigint = ULONG_MAX): string {
  for (const [unit, size] of [["gb", GB] as const, ["mb", MB] as const, ["kb", KB] as const]) {
    if (value > 0 && value < 2 ** 53 && value % size === 0) return `${value / size}${unit}`;
  }
  return decimal(value, max);
}

/** A size in bytes. */
export function memory(min: bigint, max: bigint): Kind<number> {
  const from = min === 0n ? "bytes" : `bytes, ${formatMemory(Number(min))} or more`;
  return scalar(
    from,
    (argument) => {
      const value = parseMemory(argument);
      if (value === null) throw new Refusal("argument must be a memory value");
      return checkRange(value, min, max);
    },
    (value) => decimal(value, max),
    (value) => formatMemory(value, max),
  );
}

/** A size in bytes, or a percentage of maxmemory: that one is negative, -5 for `5%`. */
export const memoryOrPercent: Kind<number> = scalar(
  "bytes, or 0% to 100% of maxmemory",
  (argument) => {
    if (/^[0-9]+%$/.test(argument)) {
      const percent = Number.parseInt(argument, 10);
      if (percent > 100) throw new Refusal("percentage argument must be less or equal to 100");
      return percent === 0 ? 0 : -percent;
    }
    const value = parseMemory(argument);
    if (value === null) throw new Refusal("argument must be a memory or percent value");
    return Number(value > LONG_MAX ? LONG_MAX : value);
  },
  (value) => (value < 0 ? `${-value}%` : decimal(value, LONG_MAX)),
  (value) => (value < 0 ? `${-value}%` : formatMemory(value, LONG_MAX)),
);
