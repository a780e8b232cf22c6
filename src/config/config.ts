/**
 * The configuration of one server: a value for each directive, read and changed by name as redis.conf, CONFIG GET
 * and CONFIG SET do, and read as plain typed properties by everybody else.
 */

import { resolve } from "node:path";
import type { Disk } from "../platform/disk.js";
import { bytesOfLatin1 } from "../util/ascii.js";
import { globMatch } from "../util/glob.js";
import { Refusal } from "./directive.js";
import type { Place } from "./fatal.js";
import { type ByteString, splitArguments } from "./parse.js";
import { type Entry, entries, findDirective, type Name, type Values } from "./table.js";

/** What a configuration needs to know of the world: where relative paths start, and what exists there. */
export interface Surroundings {
  readonly disk: Disk;
  readonly workingDirectory: string;
}

/** Whose CONFIG SET it is, and when. */
export interface SetConditions {
  /** Whether the client is on this machine. */
  readonly isLocal: boolean;
  /** Whether the dataset is being loaded. */
  readonly loading: boolean;
}

/** Puts a change into effect; a text says why that is impossible, and undoes the whole CONFIG SET. */
export type Apply = (values: Readonly<Values>) => string | undefined;

/** A `rename-command` line; an empty `to` removes the command. Whether the names exist is for the server to check. */
export interface CommandRename {
  readonly from: ByteString;
  readonly to: ByteString;
  readonly place: Place;
}

/** A `user default` line: its rules are for the server to check and apply. */
export interface UserLine {
  readonly rules: readonly ByteString[];
  readonly place: Place;
}

interface Change {
  /** As the client spelt it. */
  readonly spelling: ByteString;
  readonly entry: Entry;
  readonly text: ByteString;
}

interface Hook {
  readonly names: readonly Name[];
  readonly apply: Apply;
}

const GLOB = /[*?[]/;

export class Config {
  /** What is in force. Read it where it is used: CONFIG SET changes it. */
  readonly values: Readonly<Values>;
  /** Absolute path of the file that CONFIG REWRITE writes; null when the server was started without one. */
  file: string | null = null;
  /** Whether anything said how to configure the server: a file, standard input, or options. */
  isGiven = false;
  readonly renames: CommandRename[] = [];
  readonly users: UserLine[] = [];
  /** Directives in the configuration that cannot apply; see `directives/inapplicable.ts`. */
  readonly ignored = new Set<string>();
  /** Directives that included files set: CONFIG REWRITE cannot change those files. */
  readonly included = new Set<Name>();
  private readonly store: Record<string, unknown>;
  private readonly gathered = new Set<Name>();
  private readonly hooks: Hook[] = [];

  constructor(private readonly surroundings: Surroundings) {
    const values = Object.fromEntries(entries.map(({ name, directive }) => [name, directive.default]));
    this.store = { ...values, dir: surroundings.workingDirectory };
    this.values = this.store as Readonly<Values>;
  }

  /**
   * CONFIG GET: pairs of name and value for everything that a pattern matches, each name once, aliases too. A pattern
   * without special characters finds hidden directives as well, and comes back as it was spelt.
   */
  get(patterns: readonly ByteString[]): [name: ByteString, value: ByteString][] {
    const found = new Map<string, [ByteString, ByteString]>();
    for (const pattern of patterns)
      for (const [name, entry] of this.matching(pattern)) {
        const key = name.toLowerCase();
        if (!found.has(key)) found.set(key, [name, this.text(entry)]);
      }
    return [...found.values()];
  }

  /**
   * CONFIG SET: all of the pairs or, when one is wrong or vetoed, none. Returns null, or the whole error reply
   * without its leading `-`.
   */
  set(
    pairs: readonly (readonly [name: ByteString, value: ByteString])[],
    conditions: SetConditions,
  ): string | null {
    const changes: Change[] = [];
    for (const [spelling, text] of pairs) {
      const entry = findDirective(spelling);
      if (entry === null) return `ERR Unknown option or number of arguments for CONFIG SET - '${spelling}'`;
      const error = this.objection({ spelling, entry, text }, changes, conditions);
      if (error !== null) return error;
      changes.push({ spelling, entry, text });
    }
    return this.change(changes);
  }

  /**
   * Calls `apply` after a CONFIG SET that changed one of the directives, once, with all new values in force. After a
   * veto the old values are back in force and the functions that had run are called again.
   */
  onChange(names: Name | readonly Name[], apply: Apply): void {
    this.hooks.push({ names: typeof names === "string" ? [names] : names, apply });
  }

  /** A path of the configuration as an absolute one: relative ones begin at `dir`, as if the process had gone there. */
  pathOf(path: string): string {
    return resolve(this.values.dir, path);
  }

  /** Sets a value from inside, as REPLICAOF does: nothing is checked and no hook is called. */
  assign<N extends Name>(name: N, value: Values[N]): void {
    this.store[name] = value;
  }

  /** Reads one line of a configuration; throws `Refusal`. */
  read({ name, directive }: Entry, args: readonly ByteString[]): void {
    const { kind } = directive;
    if (!kind.list && args.length !== 1) throw new Refusal("wrong number of arguments");
    const single = args.length === 1 ? args[0]! : "";
    const words = kind.list && single !== "" ? (splitArguments(single) ?? args) : args;
    const current = this.store[name];
    const earlier = this.gathered.has(name) ? current : null;
    this.store[name] = kind.parse(words, { current, earlier, disk: this.surroundings.disk });
    this.gathered.add(name);
  }

  /** The value as CONFIG GET shows it. */
  text({ name, directive }: Entry): ByteString {
    return directive.kind.format(this.store[name]);
  }

  /** What follows the directive's name in a configuration file, a string for each line. */
  lines({ name, directive }: Entry): readonly ByteString[] {
    return directive.kind.lines(this.store[name]);
  }

  private *matching(pattern: ByteString): Generator<[ByteString, Entry]> {
    if (!GLOB.test(pattern)) {
      const entry = findDirective(pattern);
      if (entry !== null) yield [pattern, entry];
      return;
    }
    const glob = bytesOfLatin1(pattern);
    for (const entry of entries) {
      if (entry.directive.hidden) continue;
      for (const name of [entry.name, entry.directive.alias])
        if (name !== undefined && globMatch(glob, bytesOfLatin1(name), 0, name.length, true))
          yield [name, entry];
    }
  }

  /** Why the directive cannot be changed now, whatever its value: an error reply. */
  private objection(
    change: Change,
    before: readonly Change[],
    { isLocal, loading }: SetConditions,
  ): string | null {
    const { directive, name } = change.entry;
    if (directive.immutable) return failure(change, "can't set immutable config");
    const permission = this.values["enable-protected-configs"];
    if (directive.protected && permission !== "yes" && !(permission === "local" && isLocal))
      return failure(change, "can't set protected config");
    if (directive.denyLoading && loading) return "LOADING Redis is loading the dataset in memory";
    // Redis compares what was spelt, so a name and its alias may stand in one CONFIG SET; the last one wins.
    const twice = before.some(
      ({ entry, spelling }) =>
        entry.name === name && spelling.toLowerCase() === change.spelling.toLowerCase(),
    );
    return twice ? failure(change, "duplicate parameter") : null;
  }

  private change(changes: readonly Change[]): string | null {
    const old = { ...this.store };
    for (const change of changes) {
      const reason = this.tryChange(change);
      if (reason !== null) {
        Object.assign(this.store, old);
        return failure(change, reason);
      }
    }
    return this.putIntoEffect(changes, old);
  }

  private tryChange({ entry: { name, directive }, text }: Change): string | null {
    const { kind } = directive;
    const words = !kind.list ? [text] : text === "" ? [] : text.split(" ");
    try {
      const current = this.store[name];
      this.store[name] = kind.parse(words, { current, earlier: null, disk: this.surroundings.disk });
      return null;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
  }

  private putIntoEffect(changes: readonly Change[], old: Readonly<Record<string, unknown>>): string | null {
    const changed = changes.filter(
      ({ entry: { name, directive } }) =>
        directive.kind.format(old[name]) !== directive.kind.format(this.store[name]),
    );
    const done: Hook[] = [];
    for (const hook of this.hooks) {
      const cause = changed.find(({ entry }) => hook.names.includes(entry.name));
      if (cause === undefined) continue;
      const veto = hook.apply(this.values);
      if (veto !== undefined) {
        Object.assign(this.store, old);
        for (const earlier of done) earlier.apply(this.values);
        return failure(cause, veto);
      }
      done.push(hook);
    }
    return null;
  }
}

function failure({ spelling }: Change, reason: string): string {
  return `ERR CONFIG SET failed (possibly related to argument '${spelling}') - ${reason}`;
}
