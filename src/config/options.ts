/** The configuration of a server that a program starts: directives as the properties of an object. */

import type { Config, Surroundings } from "./config.js";
import { load } from "./load.js";
import { type ByteString, byteString, quote, splitArguments } from "./parse.js";
import type { Name, Values } from "./table.js";

/** What may be given for a value of type T: the value itself where JavaScript has it, or its text. */
type OptionFor<T> = [T] extends [boolean]
  ? boolean | "yes" | "no"
  : [T] extends [number]
    ? number | string
    : [T] extends [string]
      ? T
      : string | readonly string[];

/** Lines that are no directive with a value; an array is a line for each element. */
type LineOption = string | readonly string[];

/** Directives by their names, as in `{ port: 0, appendonly: true, maxmemory: "64mb", save: ["3600 1", "60 100"] }`. */
export type DirectiveOptions = { readonly [N in Name]?: OptionFor<Values[N]> } & {
  readonly include?: LineOption;
  readonly "rename-command"?: LineOption;
  readonly user?: LineOption;
};

/** The configuration that the options describe; throws what `load` throws. Nothing is read from a file by itself. */
export function fromOptions(surroundings: Surroundings, options: DirectiveOptions): Config {
  return load(surroundings, { options: optionLines(options) });
}

/** The options as lines of a configuration. One that is undefined, or null where no type checker looks, is not given. */
function optionLines(options: DirectiveOptions): ByteString {
  return Object.entries(options)
    .flatMap(([name, value]) => ((value ?? null) === null ? [] : linesOf(byteString(name), value)))
    .join("\n");
}

const WHOLE_LINES: ReadonlySet<string> = new Set(["include", "rename-command", "user"]);

function linesOf(name: ByteString, value: OptionFor<unknown> | boolean | number): ByteString[] {
  const words = [value].flat().map((word) => byteString(textFor(word)));
  if (!WHOLE_LINES.has(name)) return [`${name} ${quote(words.join(" "))}`];
  return words.map((line) => `${name} ${(splitArguments(line) ?? [line]).map(quote).join(" ")}`);
}

function textFor(value: string | number | boolean): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}
