/** Kinds whose value is several arguments: addresses, percentiles, the ways to shut down. */

import { type Context, type Kind, Refusal } from "../directive.js";
import { type ByteString, byteString, textOf } from "../parse.js";

/** A kind from the reading and the writing of a line's arguments. */
export function list<T>(
  accepts: string,
  parse: (args: readonly ByteString[], context: Context<T>) => T,
  format: (value: T) => ByteString,
  lines: (value: T) => readonly ByteString[] = (value) => [format(value) || '""'],
): Kind<T> {
  return { accepts, list: true, parse, format, lines };
}

const MOST_ADDRESSES = 16;

/** Addresses to listen on. `*` and `::*` are all of IPv4 and of IPv6; `-` before one: not having it is no error. */
export const addresses: Kind<readonly string[]> = list(
  "addresses",
  (args) => {
    if (args.length > MOST_ADDRESSES) throw new Refusal("Too many bind addresses specified.");
    return args.map(textOf).filter((address) => address !== "");
  },
  (value) => byteString(value.join(" ")),
);

/** Percentages from 0 to 100. */
export const percentiles: Kind<readonly number[]> = list(
  "numbers from 0 to 100",
  (args) =>
    args.length === 1 && args[0] === ""
      ? []
      : args.map((argument) => {
          const value = argument === "" ? Number.NaN : Number(argument);
          if (Number.isNaN(value)) throw new Refusal("Invalid latency-tracking-info-percentiles parameters");
          if (value < 0 || value > 100)
            throw new Refusal("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
          return value;
        }),
  (value) => value.map((percentile) => String(Number(percentile.toPrecision(10)))).join(" "),
);

/** The order in which they are shown. */
const SHUTDOWN_OPTIONS = ["save", "nosave", "now", "force"] as const;
const SHUTDOWN_WORDS = ["default", ...SHUTDOWN_OPTIONS] as const;

export type ShutdownOption = (typeof SHUTDOWN_OPTIONS)[number];

/** Options of SHUTDOWN; none of them is `default`. */
export const shutdownOptions: Kind<readonly ShutdownOption[]> = list(
  "default, or some of save, nosave, now, force",
  (args) => {
    const words = args.map((argument) => argument.toLowerCase());
    if (words.length === 0 || words.some((word) => !SHUTDOWN_WORDS.some((known) => known === word)))
      throw new Refusal(`argument(s) must be one of the following: ${SHUTDOWN_WORDS.join(", ")}`);
    if (words.includes("save") && words.includes("nosave"))
      throw new Refusal("shutdown options SAVE and NOSAVE can't be used simultaneously");
    return SHUTDOWN_OPTIONS.filter((option) => words.includes(option));
  },
  (value) => value.join(" ") || "default",
);

/** Where the primary listens. */
export interface PrimaryAddress {
  readonly host: string;
  readonly port: number;
}

/** `host port`, or `no one`: null. */
export const primaryAddress: Kind<PrimaryAddress | null> = {
  clear: "no one",
  ...list<PrimaryAddress | null>(
    "host port, or no one",
    (args) => {
      const [host = "", port = ""] = args;
      if (args.length !== 2) throw new Refusal("wrong number of arguments");
      if (host.toLowerCase() === "no" && port.toLowerCase() === "one") return null;
      if (!/^[0-9]{1,5}$/.test(port) || Number(port) > 65535) throw new Refusal("Invalid master port");
      return host === "" ? null : { host: textOf(host), port: Number(port) };
    },
    (value) => (value === null ? "" : `${byteString(value.host)} ${value.port}`),
    // A primary needs no line, and is not one because of a line.
    (value) => (value === null ? [] : [`${byteString(value.host)} ${value.port}`]),
  ),
};
