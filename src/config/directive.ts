/**
 * What a directive is: a name in one of the tables of `directives/`, with what is said about it there and nowhere
 * else. Its kind says how values are read and shown; parsing, CONFIG GET, SET and REWRITE, the types of
 * `config.values` and the configuration page follow from that.
 */

import type { Disk } from "../platform/disk.js";
import type { ByteString } from "./parse.js";

/** Why a value is not accepted, in Redis's words where Redis has some. */
export class Refusal extends Error {}

/** What reading a value may depend on. */
export interface Context<T> {
  /** The value in force. */
  readonly current: T;
  /** What earlier lines of the same configuration gave, null when this is the first; null in CONFIG SET, too. */
  readonly earlier: T | null;
  readonly disk: Disk;
}

/** How values of one kind are written in a file, in CONFIG SET and in CONFIG GET. */
export interface Kind<T> {
  /** What may be written, for the configuration page. */
  readonly accepts: string;
  /** Whether a line may have any number of arguments; otherwise it has exactly one. */
  readonly list: boolean;
  /** Throws `Refusal`. */
  parse(args: readonly ByteString[], context: Context<T>): T;
  /** As CONFIG GET shows it. */
  format(value: T): ByteString;
  /** What follows the name in a configuration file, for each line that the value needs. */
  lines(value: T): readonly ByteString[];
  /** What follows the name in a line that makes later lines start from nothing, for kinds whose lines add up. */
  readonly clear?: ByteString;
}

/** What is out of the ordinary about a directive. */
export interface Traits {
  /** An older name, which means the same everywhere. */
  readonly alias?: string;
  /** Only a file or the command line sets it. */
  readonly immutable?: boolean;
  /** CONFIG SET needs `enable-protected-configs`. */
  readonly protected?: boolean;
  /** Shown by CONFIG GET only when asked for by its full name. */
  readonly hidden?: boolean;
  /** The value is a secret: SLOWLOG and MONITOR must not show it. */
  readonly sensitive?: boolean;
  /** CONFIG SET is refused while the dataset is loading. */
  readonly denyLoading?: boolean;
}

export interface Directive<T> extends Traits {
  readonly kind: Kind<T>;
  /** In force when nothing sets another value. */
  readonly default: T;
  /** One sentence for the configuration page. */
  readonly summary: string;
}

/** Declares a directive; the table gives the name. */
export function directive<T>(
  kind: Kind<T>,
  initial: NoInfer<T>,
  summary: string,
  traits: Traits = {},
): Directive<T> {
  return { kind, default: initial, summary, ...traits };
}
