/** COMMAND DOCS: what people need to know of commands, as redis-cli shows it while one types. */

import { type Argument, multiple, optional, string } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import { type Command, command, type Declaration } from "../../../engine/command.js";
import type { Reply } from "../../../resp/reply.js";
import { writeWords } from "./info.js";

export const docs = command({
  name: "docs",
  group: "server",
  since: "7.0.0",
  summary: "Returns summary, history and arguments of some commands, or of all",
  complexity: "O(N), N being the number of commands",
  flags: ["loading", "stale"],
  categories: ["connection"],
  args: [optional(multiple(string("command-name")))],
  tips: ["nondeterministic_output_order"],
  run(call) {
    const chosen = call.argc === 2 ? [...call.engine.commands.all()] : named(call);
    call.reply.map(chosen.length);
    for (const one of chosen) writeDocs(call.reply, one);
  },
});

function named(call: Call): Command[] {
  const found: Command[] = [];
  for (let at = 2; at < call.argc; at++) {
    const one = call.engine.commands.named(call.text(at).toLowerCase());
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** One entry of a map: its key, and how its value is written. */
type Entry = readonly [name: string, write: () => void];

function writeMap(reply: Reply, entries: readonly Entry[]): void {
  reply.map(entries.length);
  for (const [name, write] of entries) {
    reply.text(name);
    write();
  }
}

function writeDocs(reply: Reply, one: Command): void {
  const { declaration } = one;
  const entries: Entry[] = [];
  const addText = (name: string, text: string | undefined): void => {
    if (text !== undefined) entries.push([name, () => reply.text(text)]);
  };
  addText("summary", declaration.summary);
  addText("since", declaration.since);
  addText("group", declaration.group);
  addText("complexity", declaration.complexity);
  const flags = docFlags(declaration);
  if (flags.length > 0) entries.push(["doc_flags", () => writeWords(reply, flags)]);
  addText("deprecated_since", declaration.deprecated?.since);
  addText("replaced_by", declaration.deprecated?.replacedBy);
  const { history = [], args = [] } = declaration;
  if (history.length > 0) entries.push(["history", () => writeHistory(reply, history)]);
  if (args.length > 0) entries.push(["arguments", () => writeArguments(reply, args, { next: 0 })]);
  if (one.subcommands.size > 0) entries.push(["subcommands", () => writeSubcommands(reply, one)]);
  reply.text(one.fullName);
  writeMap(reply, entries);
}

function docFlags(declaration: Declaration): string[] {
  return [
    ...(declaration.deprecated === undefined ? [] : ["deprecated"]),
    ...(declaration.internal === true ? ["syscmd"] : []),
  ];
}

function writeHistory(reply: Reply, history: readonly (readonly [string, string])[]): void {
  reply.set(history.length);
  for (const change of history) reply.texts(change);
}

function writeSubcommands(reply: Reply, one: Command): void {
  reply.map(one.subcommands.size);
  for (const subcommand of one.subcommands.values()) writeDocs(reply, subcommand);
}

/** Key arguments take the key specifications in their order. */
interface Specs {
  next: number;
}

function writeArguments(reply: Reply, args: readonly Argument[], specs: Specs): void {
  reply.array(args.length);
  for (const argument of args) writeMap(reply, entriesOf(reply, argument, specs));
}

function entriesOf(reply: Reply, argument: Argument, specs: Specs): Entry[] {
  const nested = argument.args;
  const spec = argument.keySpecIndex ?? (argument.type === "key" ? specs.next++ : undefined);
  const entries: Entry[] = [];
  const addText = (name: string, text: string | undefined): void => {
    if (text !== undefined) entries.push([name, () => reply.text(text)]);
  };
  addText("name", argument.name);
  addText("type", argument.type);
  if (nested === undefined) addText("display_text", argument.displayText ?? argument.name);
  if (spec !== undefined) entries.push(["key_spec_index", () => reply.integer(spec)]);
  addText("token", argument.token);
  addText("since", argument.since);
  addText("deprecated_since", argument.deprecatedSince);
  const flags = flagsOf(argument);
  if (flags.length > 0) entries.push(["flags", () => writeWords(reply, flags)]);
  if (nested !== undefined) entries.push(["arguments", () => writeArguments(reply, nested, specs)]);
  return entries;
}

function flagsOf(argument: Argument): string[] {
  return [
    ...(argument.optional === true ? ["optional"] : []),
    ...(argument.multiple === true ? ["multiple"] : []),
    ...(argument.multipleToken === true ? ["multiple_token"] : []),
  ];
}
