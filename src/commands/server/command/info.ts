/** COMMAND INFO: what execution needs to know of commands, as clients and proxies ask for it. */

import type { KeySpec } from "../../../engine/argument.js";
import { multiple, optional, string } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import { type Command, command } from "../../../engine/command.js";
import type { Reply } from "../../../resp/reply.js";

/** Fields of a command's entry. */
const FIELDS = 10;

export const info = command({
  name: "info",
  group: "server",
  since: "2.8.13",
  summary: "Returns arity, flags, keys and categories of some commands, or of all",
  complexity: "O(N), N being the number of commands",
  flags: ["loading", "stale"],
  categories: ["connection"],
  args: [optional(multiple(string("command-name")))],
  tips: ["nondeterministic_output_order"],
  history: [["7.0.0", "Without names it tells of all commands."]],
  run: (call) => (call.argc === 2 ? writeAll(call) : writeNamed(call)),
});

/** The entries of all commands: COMMAND without a subcommand. */
export function writeAll(call: Call): void {
  const { commands } = call.engine;
  call.reply.array(commands.size);
  for (const one of commands.all()) writeCommand(call.reply, one);
}

function writeNamed(call: Call): void {
  call.reply.array(call.argc - 2);
  for (let at = 2; at < call.argc; at++) {
    const one = call.engine.commands.named(call.text(at).toLowerCase());
    if (one === undefined) call.reply.nil();
    else writeCommand(call.reply, one);
  }
}

function writeCommand(reply: Reply, one: Command): void {
  const { keyRange, declaration } = one;
  reply.array(FIELDS);
  reply.text(one.fullName);
  reply.integer(one.arity);
  writeWords(reply, one.flags);
  reply.integer(keyRange.first);
  reply.integer(keyRange.last);
  reply.integer(keyRange.step);
  writeWords(
    reply,
    one.categories.map((category) => `@${category}`),
  );
  const tips = declaration.tips ?? [];
  reply.set(tips.length);
  for (const tip of tips) reply.text(tip);
  reply.set(one.keySpecs.length);
  for (const spec of one.keySpecs) writeKeySpec(reply, spec);
  writeSubcommands(reply, one);
}

function writeSubcommands(reply: Reply, one: Command): void {
  // Redis has no set of subcommands where there are none, only the array of those there are.
  if (one.subcommands.size === 0) reply.set(0);
  else reply.array(one.subcommands.size);
  for (const subcommand of one.subcommands.values()) writeCommand(reply, subcommand);
}

/** A set of simple strings. */
export function writeWords(reply: Reply, words: readonly string[]): void {
  reply.set(words.length);
  for (const word of words) reply.simple(word);
}

function writeKeySpec(reply: Reply, spec: KeySpec): void {
  reply.map(spec.notes === undefined ? 3 : 4);
  if (spec.notes !== undefined) {
    reply.text("notes");
    reply.text(spec.notes);
  }
  reply.text("flags");
  writeWords(reply, spec.flags);
  reply.text("begin_search");
  writeStep(reply, spec.begin.type, beginFields(spec));
  reply.text("find_keys");
  writeStep(reply, spec.find.type, findFields(spec));
}

function writeStep(reply: Reply, type: string, fields: Readonly<Record<string, number | string>>): void {
  reply.map(2);
  reply.text("type");
  reply.text(type);
  reply.text("spec");
  const entries = Object.entries(fields);
  reply.map(entries.length);
  for (const [name, value] of entries) {
    reply.text(name);
    if (typeof value === "number") reply.integer(value);
    else reply.text(value);
  }
}

function beginFields({ begin }: KeySpec): Record<string, number | string> {
  if (begin.type === "index") return { index: begin.index };
  if (begin.type === "keyword") return { keyword: begin.keyword, startfrom: begin.startFrom };
  return {};
}

function findFields({ find }: KeySpec): Record<string, number | string> {
  if (find.type === "range") return { lastkey: find.lastKey, keystep: find.step, limit: find.limit };
  if (find.type === "keynum") {
    return { keynumidx: find.keynumIndex, firstkey: find.firstKey, keystep: find.step };
  }
  return {};
}
