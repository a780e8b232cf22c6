/** Random commands made wrong, or unusual: words that are left out, doubled, moved, or that nobody expects. */

import type { SeededChance } from "../support/chance.js";
import type { DrawnCommand } from "./template.js";

const UNEXPECTED = [
  "",
  " 1",
  "1 ",
  "+1",
  "-0",
  "01",
  "0x10",
  "1e3",
  "1.0",
  "inf",
  "nan",
  "(",
  "[",
  "-",
  "#",
  "9223372036854775807",
  "-9223372036854775809",
  "18446744073709551616",
  "a\x00b",
  "NX",
  "XX",
  "GET",
  "LIMIT",
  "COUNT",
  "WITHSCORES",
  "REV",
  "LEFT",
  "REPLACE",
];

/** Commands of which 7.2 answers what 7.0 does not once their words are wrong, or that then take much memory. */
const SPARED = new Set(
  [
    // What is wrong is said before the type of the key is looked at.
    ["BITCOUNT", "BITPOS", "LPOS", "ZRANK", "ZREVRANK"],
    // Scores of many digits, and times that lie too far in the future.
    ["ZADD", "ZINCRBY", "SET", "GETEX", "EXPIREAT", "PEXPIREAT"],
    // An offset may be anywhere.
    ["SETRANGE", "SETBIT", "BITFIELD"],
    // What comes of them is not settled, or settings change.
    ["SPOP", "SORT", "SORT_RO", "OBJECT", "CONFIG", "FLUSHDB"],
  ].flat(),
);

/** The command with some words changed, if its replies are still to be compared byte by byte. */
export function mangle(command: DrawnCommand, chance: SeededChance): DrawnCommand {
  const { words, comparison } = command;
  if (comparison.kind !== "exact" || SPARED.has(String(words[0])) || dependsOnEqualScores(words))
    return command;
  const mangled = [...words];
  do change(mangled, chance);
  while (chance.happens(0.4));
  return { words: mangled, comparison };
}

function dependsOnEqualScores(words: DrawnCommand["words"]): boolean {
  return words.some((word) => /LEX|^z[01]$/.test(String(word)));
}

/** Changes one of the words behind the first, if there is any. */
function change(words: (string | Buffer)[], chance: SeededChance): void {
  const at = 1 + chance.below(words.length);
  const other = words[chance.below(words.length - 1) + 1];
  const kind = chance.below(5);
  if (at === words.length || other === undefined) words.push(chance.pick(UNEXPECTED));
  else if (kind === 0) words.splice(at, 1);
  else if (kind === 1) words.splice(at, 0, other);
  else if (kind === 2) words[at] = other;
  else if (kind === 3) words[at] = chance.pick(UNEXPECTED);
  else words[at] = String(words[at]).toLowerCase();
}
