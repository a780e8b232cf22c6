/** The arguments of a command as one line of text: `key value [NX | XX] [GET]`. */

import type { Argument } from "./argument.js";

/** The line for the given arguments; empty without any. */
export function synopsisOf(args: readonly Argument[]): string {
  return args.map(one).join(" ");
}

function one(argument: Argument): string {
  const word = wordOf(argument);
  const token = argument.type === "pure-token" || argument.token === undefined ? "" : `${argument.token} `;
  const again = argument.multipleToken === true ? `${token}${word}` : word;
  const text = `${token}${word}${argument.multiple === true ? ` [${again} ...]` : ""}`;
  return argument.optional === true ? `[${text.replace(/^<(.*)>$/s, "$1")}]` : text;
}

function wordOf(argument: Argument): string {
  if (argument.type === "pure-token") return argument.token === "" ? '""' : argument.token!;
  if (argument.type === "oneof") return `<${argument.args!.map(one).join(" | ")}>`;
  if (argument.type === "block") return synopsisOf(argument.args!);
  return argument.displayText ?? argument.name;
}
