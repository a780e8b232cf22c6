/**
 * What COMMAND INFO and COMMAND DOCS say of commands, as flat lists of facts that can be compared one by one.
 *
 * A fact is a path and a value: `arguments/2/since = 2.6.12`. Left out is what is text in somebody's own words:
 * summaries, notes, what changed in a version, and the complexity, which is that of the implementation.
 */

import type { Plain } from "../../support/reply.js";
import type { WireClient } from "../../support/wire.js";

export type Facts = ReadonlyMap<string, string>;

/** The facts of all commands and subcommands by the command's full name. The client must speak RESP3. */
export async function readFacts(client: WireClient): Promise<Map<string, Facts>> {
  const facts = new Map<string, Map<string, string>>();
  const of = (name: string): Map<string, string> => {
    const known = facts.get(name) ?? new Map<string, string>();
    facts.set(name, known);
    return known;
  };
  for (const entry of (await client.call("COMMAND", "INFO")) as Plain[]) addInfo(entry as Plain[], of);
  addDocs((await client.call("COMMAND", "DOCS")) as Map<Plain, Plain>, of);
  return facts;
}

type Of = (name: string) => Map<string, string>;

function addInfo(entry: readonly Plain[], of: Of): void {
  const [name, arity, flags, first, last, step, categories, tips, specs, subcommands] = entry;
  const facts = of(String(name));
  facts.set("arity", String(arity));
  facts.set("flags", words(flags));
  facts.set("keys", [first, last, step].join(" "));
  facts.set("categories", words(categories));
  facts.set("tips", words(tips));
  [...(specs as Iterable<Plain>)].forEach((spec, at) => {
    flatten(`spec ${at}`, spec, facts);
  });
  for (const subcommand of subcommands as Iterable<Plain>) addInfo(subcommand as Plain[], of);
}

function addDocs(docs: ReadonlyMap<Plain, Plain>, of: Of): void {
  for (const [name, value] of docs) {
    const facts = of(String(name));
    for (const [field, text] of value as Map<string, Plain>) addField(field, text, facts, of);
  }
}

function addField(field: string, value: Plain, facts: Map<string, string>, of: Of): void {
  if (field === "subcommands") addDocs(value as Map<Plain, Plain>, of);
  else if (field === "arguments") addArguments("arguments", value as Plain[], facts);
  else if (field === "history")
    facts.set(field, [...(value as Set<Plain[]>)].map(([since]) => since).join(" "));
  else if (field === "doc_flags") facts.set(field, words(value));
  else if (field !== "summary" && field !== "complexity") facts.set(field, String(value));
}

function addArguments(path: string, args: readonly Plain[], facts: Map<string, string>): void {
  args.forEach((one, at) => {
    const argument = one as Map<string, Plain>;
    const here = `${path}/${at}`;
    for (const [field, value] of argument) {
      if (field === "arguments") addArguments(here, value as Plain[], facts);
      else if (field === "flags") facts.set(`${here}/flags`, words(value));
      else facts.set(`${here}/${field}`, String(value));
    }
  });
}

function flatten(path: string, value: Plain, facts: Map<string, string>): void {
  if (value instanceof Map) {
    for (const [name, inner] of value) if (name !== "notes") flatten(`${path}/${name}`, inner, facts);
  } else if (value instanceof Set) facts.set(path, words(value));
  else facts.set(path, String(value));
}

function words(value: Plain | undefined): string {
  return [...(value as Iterable<Plain>)].join(" ");
}
