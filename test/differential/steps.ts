/** Random steps: commands over several databases and two connections, some of them in transactions. */

import { SeededChance } from "../support/chance.js";
import type { Comparison } from "../support/script.js";
import { TEMPLATES, WEIGHTS } from "./commands.js";
import { mangle } from "./mangle.js";
import { type DrawnCommand, drawCommand } from "./template.js";
import { vocabularyOf } from "./vocabulary.js";

export interface Step {
  readonly connection: number;
  readonly words: readonly (string | Buffer)[];
  readonly comparison: Comparison;
}

export const CONNECTIONS = 2;
/** Commands go over the same connection for a while, so that they can be sent together. */
const SWITCHES = 0.02;
const TRANSACTIONS = 0.01;
const MANGLED = 0.1;
const EXACT: Comparison = { kind: "exact" };

const groups = Object.keys(TEMPLATES);
const vocabularies = Object.fromEntries(groups.map((group) => [group, vocabularyOf(group)]));
const total = groups.reduce((sum, group) => sum + WEIGHTS[group]!, 0);

function draw(chance: SeededChance): DrawnCommand {
  let left = chance.real() * total;
  let at = 0;
  for (; at < groups.length - 1 && left >= WEIGHTS[groups[at]!]!; at++) left -= WEIGHTS[groups[at]!]!;
  const group = groups[at]!;
  const command = drawCommand(chance.pick(TEMPLATES[group]!), vocabularies[group]!, chance);
  return chance.happens(MANGLED) ? mangle(command, chance) : command;
}

/** What pops at random is compared by what is left, which takes more than one command. */
export const popsAtRandom = ({ words }: Step): boolean =>
  words[0] === "SPOP" && (words.length === 2 || !["0", "1000"].includes(String(words[2])));

/** The same steps for the same seed. */
export function drawSteps(seed: number, count: number): Step[] {
  const chance = new SeededChance(seed);
  const steps: Step[] = [];
  let connection = 0;
  const say = (...words: string[]): void => void steps.push({ connection, words, comparison: EXACT });
  const step = (): Step => ({ connection, ...draw(chance) });
  while (steps.length < count) {
    if (chance.happens(SWITCHES)) connection = chance.below(CONNECTIONS);
    if (chance.happens(SWITCHES)) say("SELECT", String(chance.below(3)));
    if (!chance.happens(TRANSACTIONS)) {
      steps.push(step());
      continue;
    }
    if (chance.happens(0.5)) say("WATCH", `k${chance.below(6)}`, `k${chance.below(6)}`);
    if (chance.happens(0.3)) steps.push({ ...draw(chance), connection: 1 - connection });
    say("MULTI");
    for (let left = chance.below(8); left > 0; left--) {
      const queued = step();
      if (!popsAtRandom(queued)) steps.push(queued);
    }
    if (chance.happens(0.1)) say("NONSENSE");
    say(chance.happens(0.1) ? "DISCARD" : "EXEC");
  }
  return steps;
}
