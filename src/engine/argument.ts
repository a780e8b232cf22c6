/**
 * The grammar of a command's arguments: what COMMAND DOCS shows, and what arity and key positions are derived from.
 */

export type ArgumentType =
  | "string"
  | "integer"
  | "double"
  | "key"
  | "pattern"
  | "unix-time"
  | "pure-token"
  | "oneof"
  | "block";

/** How a command uses a key, as COMMAND INFO's key specifications say it. */
export type KeyFlag =
  | "RO"
  | "RW"
  | "OW"
  | "RM"
  | "access"
  | "update"
  | "insert"
  | "delete"
  | "not_key"
  | "incomplete"
  | "variable_flags";

export interface Argument {
  readonly name: string;
  readonly type: ArgumentType;
  readonly token?: string;
  readonly optional?: boolean;
  readonly multiple?: boolean;
  readonly multipleToken?: boolean;
  readonly since?: string;
  readonly displayText?: string;
  readonly deprecatedSince?: string;
  /** Of a key: how it is used. */
  readonly access?: readonly KeyFlag[];
  /** The key specification that this argument is about, where it is not simply the next one. */
  readonly keySpecIndex?: number;
  /** Of an integer that counts the keys behind it (`numkeys`). */
  readonly countsKeys?: boolean;
  /** Of a oneof or a block. */
  readonly args?: readonly Argument[];
}

/** What may be said of an argument besides its name and type. */
export type Traits = Partial<Omit<Argument, "name" | "type" | "args" | "access">>;

const of =
  (type: ArgumentType) =>
  (name: string, traits: Traits = {}): Argument => ({ name, type, ...traits });

export const string = of("string");
export const integer = of("integer");
export const double = of("double");
export const pattern = of("pattern");
export const unixTime = of("unix-time");

/** A key, with how it is used: `key("key", ["RW", "update"])`. */
export const key = (name: string, access: readonly KeyFlag[], traits: Traits = {}): Argument => ({
  name,
  type: "key",
  access,
  ...traits,
});

/** A word that is there or not: `token("nx", "NX")`. */
export const token = (name: string, word: string, traits: Traits = {}): Argument => ({
  name,
  type: "pure-token",
  token: word,
  ...traits,
});

export const oneOf = (name: string, args: readonly Argument[], traits: Traits = {}): Argument => ({
  name,
  type: "oneof",
  args,
  ...traits,
});

export const block = (name: string, args: readonly Argument[], traits: Traits = {}): Argument => ({
  name,
  type: "block",
  args,
  ...traits,
});

export const optional = (argument: Argument): Argument => ({ ...argument, optional: true });
export const multiple = (argument: Argument): Argument => ({ ...argument, multiple: true });

/** The fewest arguments that the grammar needs. */
function fewest(args: readonly Argument[]): number {
  return args.reduce((sum, argument) => sum + (argument.optional ? 0 : widthOf(argument)), 0);
}

function widthOf(argument: Argument): number {
  const token = argument.token !== undefined && argument.type !== "pure-token" ? 1 : 0;
  if (argument.type === "oneof") return token + Math.min(...argument.args!.map(widthOf));
  if (argument.type === "block") return token + fewest(argument.args!);
  return token + 1;
}

function isFixed(argument: Argument): boolean {
  return !argument.optional && !argument.multiple && (argument.args ?? []).every(isFixed);
}

/** As COMMAND shows it: the exact number of words, or minus the fewest. `words` counts the command's own name. */
export function arityOf(args: readonly Argument[], words: number): number {
  const least = words + fewest(args);
  return args.every(isFixed) ? least : -least;
}

/** Where the keys of a command are, in the terms of COMMAND INFO's key specifications. */
export interface KeySpec {
  readonly flags: readonly KeyFlag[];
  readonly notes?: string;
  readonly begin:
    | { readonly type: "index"; readonly index: number }
    | { readonly type: "keyword"; readonly keyword: string; readonly startFrom: number }
    | { readonly type: "unknown" };
  readonly find:
    | { readonly type: "range"; readonly lastKey: number; readonly step: number; readonly limit: number }
    | {
        readonly type: "keynum";
        readonly keynumIndex: number;
        readonly firstKey: number;
        readonly step: number;
      }
    | { readonly type: "unknown" };
}

/**
 * The key specifications that the grammar implies: keys at fixed places, a last list of keys or of blocks that begin
 * with one, and a count of keys followed by them. Whatever is less regular a command declares itself.
 */
export function keySpecsOf(args: readonly Argument[], words: number): KeySpec[] {
  const specs: KeySpec[] = [];
  let index = words;
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    const next = args[at + 1];
    if (argument.countsKeys === true && next?.type === "key") {
      specs.push({
        flags: next.access!,
        begin: { type: "index", index },
        find: { type: "keynum", keynumIndex: 0, firstKey: 1, step: 1 },
      });
      return specs;
    }
    const first = argument.type === "block" ? argument.args![0]! : argument;
    if (first.type === "key" && argument.token === undefined && !argument.optional) {
      const step = argument.type === "block" ? argument.args!.length : 1;
      const lastKey = argument.multiple ? -1 - fewest(args.slice(at + 1)) : 0;
      specs.push({
        flags: first.access!,
        begin: { type: "index", index },
        find: { type: "range", lastKey, step, limit: 0 },
      });
    }
    if (!isFixed(argument)) return specs;
    index += widthOf(argument);
  }
  return specs;
}
