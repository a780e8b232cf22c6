/**
 * Commands as templates: `{name}` is a word of that kind, `{name+}` one to four of them, `[...]` is there or not, and of
 * `(a|b)` one is chosen. Before the command may stand how its replies are compared:
 *
 *     ~u   elements in any order       ~p   pairs in any order       ~t   only the type       ~i   not at all
 *     ~s   a scan              ~sp  a scan that gives pairs
 */

import type { SeededChance } from "../support/chance.js";
import type { Comparison } from "../support/script.js";

export type Words = (chance: SeededChance) => string | Buffer;

export interface DrawnCommand {
  readonly words: readonly (string | Buffer)[];
  readonly comparison: Comparison;
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  "~u": { kind: "unordered" },
  "~p": { kind: "pairs" },
  "~t": { kind: "type" },
  "~i": { kind: "ignore" },
  "~s": { kind: "scan", width: 1 },
  "~sp": { kind: "scan", width: 2 },
};

const MOST_REPEATED = 4;

export function drawCommand(
  template: string,
  vocabulary: Readonly<Record<string, Words>>,
  chance: SeededChance,
): DrawnCommand {
  const tokens = template.match(/[[\](|)]|[^\s[\](|)]+/g) ?? [];
  const comparison = COMPARISONS[tokens[0] ?? ""];
  const words: (string | Buffer)[] = [];
  let at = comparison === undefined ? 0 : 1;
  const one = (wanted: boolean): void => {
    const token = tokens[at++]!;
    if (token === "[") sequence(wanted && chance.happens(0.4), "]");
    else if (token === "(") choice(wanted);
    else if (wanted) words.push(...spoken(token));
  };
  const sequence = (wanted: boolean, end: string): void => {
    while (tokens[at] !== end) one(wanted);
    at++;
  };
  const choice = (wanted: boolean): void => {
    const chosen = chance.below(alternatives(tokens, at));
    for (let alternative = 0; ; alternative++) {
      while (tokens[at] !== "|" && tokens[at] !== ")") one(wanted && alternative === chosen);
      if (tokens[at++] === ")") return;
    }
  };
  const spoken = (token: string): (string | Buffer)[] => {
    const [, name, many] = /^\{(\w+)(\+?)\}$/.exec(token) ?? [];
    if (name === undefined) return [token];
    const word = vocabulary[name];
    if (word === undefined) throw new Error(`No words for {${name}}: ${template}`);
    const count = many === "" ? 1 : 1 + chance.below(MOST_REPEATED);
    return Array.from({ length: count }, () => word(chance));
  };
  while (at < tokens.length) one(true);
  return { words, comparison: comparison ?? { kind: "exact" } };
}

/** How many alternatives the choice has whose first token is at `from`. */
function alternatives(tokens: readonly string[], from: number): number {
  let depth = 0;
  let count = 1;
  for (let at = from; depth >= 0; at++) {
    if (tokens[at] === "(") depth++;
    else if (tokens[at] === ")") depth--;
    else if (tokens[at] === "|" && depth === 0) count++;
  }
  return count;
}
