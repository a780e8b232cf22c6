/**
 * A command, declared in one place: what it is called, what it takes, how it behaves, and what it does. Everything
 * that COMMAND and its subcommands, ACL categories and the compatibility page say is derived from the declaration.
 */

import { type Argument, arityOf, type KeySpec, keySpecsOf } from "./argument.js";
import type { Call } from "./call.js";
import { categoriesOf } from "./categories.js";
import { Histogram } from "./histogram.js";
import { type FoundKey, type KeyRange, keyRangeOf, keysBySpecs, type Words } from "./key-spec.js";

export type Group =
  | "bitmap"
  | "cluster"
  | "connection"
  | "generic"
  | "geo"
  | "hash"
  | "hyperloglog"
  | "list"
  | "pubsub"
  | "scripting"
  | "server"
  | "set"
  | "sorted-set"
  | "stream"
  | "string"
  | "transactions";

/** The flags that COMMAND INFO shows, in its order. `movablekeys` is derived from the key specifications. */
const SHOWN_FLAGS = [
  "write",
  "readonly",
  "denyoom",
  "admin",
  "pubsub",
  "noscript",
  "blocking",
  "loading",
  "stale",
  "skip_monitor",
  "skip_slowlog",
  "asking",
  "fast",
  "no_auth",
  "no_mandatory_keys",
  "no_async_loading",
  "no_multi",
  "movablekeys",
  "allow_busy",
] as const;

export type Flag =
  | (typeof SHOWN_FLAGS)[number]
  /** Known to the server alone: COMMAND INFO hides them. */
  | "protected"
  | "may_replicate"
  | "touches_arbitrary_keys";

export interface Declaration {
  /** Lower case; a subcommand has its own word alone. */
  readonly name: string;
  readonly group: Group;
  readonly since: string;
  /** One sentence of our own, without a full stop. */
  readonly summary: string;
  readonly complexity?: string;
  readonly flags?: readonly Flag[];
  /** ACL categories besides those that the flags and the group imply, without the @. */
  readonly categories?: readonly string[];
  /** The ACL category in the place of the one that the group implies; null for none. */
  readonly category?: string | null;
  readonly args?: readonly Argument[];
  /** Only where the grammar does not imply it. */
  readonly arity?: number;
  /** Only where the grammar does not imply them. */
  readonly keySpecs?: readonly KeySpec[];
  /** The keys of a given command line, where the specifications cannot tell them or what is done with them. */
  readonly findKeys?: (call: Call) => FoundKey[];
  readonly tips?: readonly string[];
  readonly history?: readonly (readonly [version: string, change: string])[];
  readonly deprecated?: { readonly since: string; readonly replacedBy: string };
  /** Not meant to be called by users (COMMAND DOCS shows `syscmd`). */
  readonly internal?: boolean;
  readonly subcommands?: readonly Declaration[];
  /** Runs at once between MULTI and EXEC, where other commands are queued. */
  readonly immediate?: boolean;
  /** Is allowed to a RESP2 client that has subscribed to something. */
  readonly whileSubscribed?: boolean;
  /** Sees keys that its arguments do not name, although no flag says so. */
  readonly seesAnyKey?: boolean;
  /** Positions of arguments that others must not see: passwords, in MONITOR and SLOWLOG. */
  readonly secrets?: (words: Words) => readonly number[];
  /** Absent of a container whose subcommands do the work. */
  readonly run?: (call: Call) => void;
}

/** Declares a command; the identity, for the sake of its type. */
export function command(declaration: Declaration): Declaration {
  return declaration;
}

// The flags that execution asks about, as bits.
export const WRITE = 1;
export const DENY_OOM = 2;
export const LOADING = 4;
export const NO_AUTH = 8;
export const NO_MULTI = 16;
export const SKIP_MONITOR = 32;
export const SKIP_SLOWLOG = 64;
export const ADMIN = 128;
export const PROTECTED = 256;
export const READONLY = 512;
export const MAY_REPLICATE = 1024;
/** Sees keys that its arguments do not name. */
export const ANY_KEY = 2048;
export const FAST = 8192;
export const IMMEDIATE = 16384;
export const WHILE_SUBSCRIBED = 32768;
export const STALE = 65536;
/** Not while a new dataset is loaded beside the one that is served. */
export const NO_ASYNC_LOADING = 131072;

const BITS: Partial<Record<Flag, number>> = {
  write: WRITE,
  denyoom: DENY_OOM,
  loading: LOADING,
  no_auth: NO_AUTH,
  no_multi: NO_MULTI,
  skip_monitor: SKIP_MONITOR,
  skip_slowlog: SKIP_SLOWLOG,
  admin: ADMIN,
  protected: PROTECTED,
  readonly: READONLY,
  may_replicate: MAY_REPLICATE,
  touches_arbitrary_keys: ANY_KEY,
  fast: FAST,
  stale: STALE,
  no_async_loading: NO_ASYNC_LOADING,
};

/** As many words as anybody sends. */
const ANY_NUMBER = 0x3fffffff;

/** A command as it is executed: its declaration, what is derived from it, and its statistics in this server. */
export class Command {
  /** As errors, statistics and COMMAND name it, whatever its name is after `rename-command`: `get`, `config|get`. */
  readonly fullName: string;
  readonly arity: number;
  readonly keySpecs: readonly KeySpec[];
  readonly keyRange: KeyRange;
  /** ACL categories, without the @. */
  readonly categories: readonly string[];
  readonly bits: number;
  /** The declaration's own: each declaration has a shape of its own, and to read from any of them takes a search. */
  readonly run: Declaration["run"];
  readonly subcommands: ReadonlyMap<string, Command>;
  /** The fewest and the most words of a call. */
  private readonly argcMin: number;
  private readonly argcMax: number;
  /** The name in bytes, lower case, by which it is found. */
  readonly nameBytes: Uint8Array;

  // Statistics, for INFO commandstats.
  calls = 0;
  microseconds = 0;
  rejected = 0;
  failed = 0;
  /** Null before the first call that was tracked. */
  histogram: Histogram | null = null;

  /** `name` is the one that clients use, in lower case: another than the declared one after `rename-command`. */
  constructor(
    readonly declaration: Declaration,
    readonly parent: Command | null = null,
    name = declaration.name,
  ) {
    const words = parent === null ? 1 : 2;
    const args = declaration.args ?? [];
    this.fullName = parent === null ? declaration.name : `${parent.declaration.name}|${declaration.name}`;
    this.arity = declaration.arity ?? (declaration.subcommands !== undefined ? -2 : arityOf(args, words));
    this.argcMin = Math.abs(this.arity);
    this.argcMax = this.arity < 0 ? ANY_NUMBER : this.arity;
    this.keySpecs = declaration.keySpecs ?? keySpecsOf(args, words);
    this.keyRange = keyRangeOf(this.keySpecs);
    this.categories = categoriesOf(declaration);
    const bits = (declaration.flags ?? []).reduce((all, flag) => all | (BITS[flag] ?? 0), 0);
    this.bits =
      bits |
      (declaration.immediate === true ? IMMEDIATE : 0) |
      (declaration.whileSubscribed === true ? WHILE_SUBSCRIBED : 0) |
      (declaration.seesAnyKey === true ? ANY_KEY : 0);
    this.run = declaration.run;
    this.nameBytes = Buffer.from(name);
    this.subcommands = new Map(
      (declaration.subcommands ?? []).map((sub) => [sub.name, new Command(sub, this)]),
    );
  }

  is(bits: number): boolean {
    return (this.bits & bits) !== 0;
  }

  acceptsCount(argc: number): boolean {
    return argc >= this.argcMin && argc <= this.argcMax;
  }

  /** The flags in the order in which COMMAND INFO lists them. */
  get flags(): readonly Flag[] {
    const declared = this.declaration.flags ?? [];
    return SHOWN_FLAGS.filter((flag) =>
      flag === "movablekeys" ? this.keyRange.movable : declared.includes(flag),
    );
  }

  /** The keys in the call's arguments; null when they are not what the command expects. */
  keysIn(call: Call): FoundKey[] | null {
    return this.declaration.findKeys?.(call) ?? keysBySpecs(this.keySpecs, call);
  }

  /** Notes how long a call took. */
  track(microseconds: number): void {
    this.histogram ??= new Histogram();
    this.histogram.record(microseconds);
  }

  resetStatistics(): void {
    this.calls = 0;
    this.microseconds = 0;
    this.rejected = 0;
    this.failed = 0;
    this.histogram = null;
    for (const subcommand of this.subcommands.values()) subcommand.resetStatistics();
  }
}
