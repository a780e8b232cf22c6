/**
 * Reads a configuration: the file, then standard input, then the options of the command line, each line taking
 * effect as it is read. So later lines win, and an `include` reads its files in its place.
 */

import { resolve } from "node:path";
import type { Disk } from "../platform/disk.js";
import { latin1 } from "../util/ascii.js";
import { Config, type Surroundings } from "./config.js";
import { Refusal } from "./directive.js";
import { refusalOf, whyInapplicable } from "./directives/inapplicable.js";
import { ConfigFileMissing, FatalConfigError, type Place } from "./fatal.js";
import { hasWildcard, matchingPaths } from "./include.js";
import { systemReason } from "./kinds/directory.js";
import { type ByteString, byteString, splitArguments, statements, textOf } from "./parse.js";
import { findDirective } from "./table.js";

/** Where a configuration comes from; all parts may be absent. */
export interface Sources {
  /** Path of redis.conf, relative to the working directory. */
  readonly file?: string | null;
  /** What standard input gave, for a command line with `-`. */
  readonly standardInput?: ByteString | null;
  /** The command line's options as lines; see `arguments.ts`. */
  readonly options?: ByteString;
}

/** The configuration, or `FatalConfigError` or `ConfigFileMissing`. */
export function load(surroundings: Surroundings, sources: Sources): Config {
  const config = new Config(surroundings);
  const loader = new Loader(config, surroundings);
  const { file = null, standardInput = null, options = "" } = sources;
  config.isGiven = file !== null || standardInput !== null || options !== "";
  if (file !== null) config.file = resolve(surroundings.workingDirectory, file);
  const own = config.file === null ? "" : loader.contents(config.file);
  const input = standardInput === null ? "" : `${separator(own)}${standardInput}`;
  const ownLines = own.split("\n").length - (separator(own) === "" ? 1 : 0);
  loader.read(`${own}${input}\n${options}`, (line) => (line <= ownLines ? config.file : null));
  return config;
}

/** What a text that another follows lacks to end with a whole line. */
function separator(before: ByteString): string {
  return before === "" || before.endsWith("\n") ? "" : "\n";
}

/** One warning for all that was accepted and cannot apply; null when there is nothing to warn of. */
export function warningOf({ ignored }: Config): string | null {
  if (ignored.size === 0) return null;
  const named = [...ignored].map((name) => `${name} (${whyInapplicable(name)})`);
  return `These directives of the configuration cannot apply here and are ignored: ${named.join(", ")}`;
}

/** Names that Redis still accepts although they mean nothing any more. */
const RETIRED: ReadonlySet<string> = new Set(["list-max-ziplist-entries", "list-max-ziplist-value"]);
const BAD_DIRECTIVE = "Bad directive or wrong number of arguments";

/** Applies lines to a configuration. */
class Loader {
  /** The files that are being read, each included by the one before. */
  private readonly open: string[] = [];
  private readonly disk: Disk;

  constructor(
    private readonly config: Config,
    surroundings: Surroundings,
  ) {
    this.disk = surroundings.disk;
  }

  /** Applies every line; `fileOf` tells which file a line stands in. */
  read(content: ByteString, fileOf: (line: number) => string | null): void {
    for (const statement of statements(content)) {
      const place = { ...statement, file: fileOf(statement.line) };
      const words = splitArguments(statement.text);
      if (words === null) throw new FatalConfigError(place, "Unbalanced quotes in configuration line");
      const [name, ...args] = words;
      if (name !== undefined) this.apply(place, name.toLowerCase(), args);
    }
  }

  /** The bytes of a file, or of all files that a path with wildcards matches. */
  contents(path: string): ByteString {
    const paths = hasWildcard(path) ? matchingPaths(this.disk, path) : [path];
    return paths.map((each) => this.readFile(each, each)).join("");
  }

  /** Applies one line that has been split; `name` in lower case. */
  private apply(place: Place, name: string, args: readonly ByteString[]): void {
    try {
      this.interpret(place, name, args);
    } catch (error) {
      if (error instanceof Refusal) throw new FatalConfigError(place, error.message);
      throw error;
    }
  }

  private interpret(place: Place, name: string, args: readonly ByteString[]): void {
    const entry = findDirective(name);
    if (entry !== null) {
      this.config.read(entry, args);
      if (this.open.length > 0) this.config.included.add(entry.name);
    } else if (whyInapplicable(name) !== null) {
      const reason = refusalOf(name, args);
      if (reason !== null) throw new Refusal(reason);
      this.config.ignored.add(name);
    } else if (!(RETIRED.has(name) && args.length === 1)) {
      this.interpretSpecial(place, name, args);
    }
  }

  /** Lines that are not directives with a value. */
  private interpretSpecial(place: Place, name: string, args: readonly ByteString[]): void {
    const [first = "", second = ""] = args;
    if (name === "include" && args.length === 1) this.include(textOf(first));
    else if (name === "rename-command" && args.length === 2)
      this.config.renames.push({ from: first, to: second, place });
    else if (name === "user" && args.length >= 2) this.addUser(place, first, args.slice(1));
    else if (name === "loadmodule" && args.length >= 1) throw new Refusal("modules are not supported");
    else if (name === "sentinel") throw new Refusal("Sentinel mode is not supported");
    else throw new Refusal(BAD_DIRECTIVE);
  }

  private addUser(place: Place, name: ByteString, rules: readonly ByteString[]): void {
    if (name !== "default")
      throw new Refusal(`user '${textOf(name)}' is not supported yet: only the default user exists`);
    if (this.config.users.length > 0)
      throw new Refusal(
        "Error in user declaration 'default': Duplicate user found. A user can only be defined once in config files",
      );
    this.config.users.push({ rules, place });
  }

  private include(path: string): void {
    const absolute = resolve(this.config.values.dir, path);
    const paths = hasWildcard(absolute) ? matchingPaths(this.disk, absolute) : [absolute];
    for (const each of paths) {
      if (this.open.includes(each) || each === this.config.file)
        throw new Refusal(`include would read ${byteString(each)} again without end`);
      const content = this.readFile(each, paths[0] === absolute ? path : each);
      this.open.push(each);
      this.read(content, () => each);
      this.open.pop();
    }
  }

  private readFile(path: string, shown: string): ByteString {
    let content: Buffer | null;
    try {
      content = this.disk.readFile(path);
    } catch (error) {
      throw new ConfigFileMissing(shown, systemReason(error));
    }
    if (content === null) throw new ConfigFileMissing(shown, "No such file or directory");
    return latin1(content);
  }
}
