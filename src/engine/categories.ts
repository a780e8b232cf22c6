/** ACL categories: what a command's flags and group say of it. */

import type { Declaration, Flag, Group } from "./command.js";

/** All categories, in the order in which ACL CAT and COMMAND INFO list them. */
export const CATEGORIES: readonly string[] = [
  "keyspace",
  "read",
  "write",
  "set",
  "sortedset",
  "list",
  "hash",
  "string",
  "bitmap",
  "hyperloglog",
  "geo",
  "stream",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
];

const OF_FLAGS: Partial<Record<Flag, readonly string[]>> = {
  write: ["write"],
  readonly: ["read"],
  admin: ["admin", "dangerous"],
  pubsub: ["pubsub"],
  blocking: ["blocking"],
};

const OF_GROUPS: Partial<Record<Group, string>> = {
  bitmap: "bitmap",
  connection: "connection",
  generic: "keyspace",
  geo: "geo",
  hash: "hash",
  hyperloglog: "hyperloglog",
  list: "list",
  scripting: "scripting",
  set: "set",
  "sorted-set": "sortedset",
  stream: "stream",
  string: "string",
  transactions: "transaction",
};

/** The categories of a command, without the @, in the order of `CATEGORIES`. */
export function categoriesOf(declaration: Declaration): readonly string[] {
  const { flags = [], group } = declaration;
  const found = new Set(declaration.categories);
  for (const flag of flags) {
    // A script that only reads is no command that reads: what it may do its commands decide.
    if (flag === "readonly" && group === "scripting") continue;
    for (const category of OF_FLAGS[flag] ?? []) found.add(category);
  }
  const ofGroup = declaration.category === undefined ? OF_GROUPS[group] : declaration.category;
  // A container does nothing itself, so only its subcommands belong to the group's category.
  if (ofGroup != null && declaration.subcommands === undefined) found.add(ofGroup);
  found.add(flags.includes("fast") ? "fast" : "slow");
  return CATEGORIES.filter((category) => found.has(category));
}
