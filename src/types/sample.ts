/** Random choices among the elements of a collection, for HRANDFIELD, SRANDMEMBER, SPOP and their like. */

import { below, type Chance } from "../platform/chance.js";

/** A collection to choose from; handles name its elements until it changes. */
export interface Choices {
  readonly size: number;
  /** Whether `pick` takes the same time whatever the size. */
  readonly picksQuickly: boolean;
  all(): number[];
  /** One, each with the same chance. */
  pick(): number;
}

/** Above one in so many, choosing from a list of all elements beats choosing until there are enough. */
const DENSE = 3;

/** `count` different elements, or all when there are no more; every choice of so many has the same chance. */
export function chooseDistinct(choices: Choices, count: number, chance: Chance): number[] {
  if (count >= choices.size) return choices.all();
  if (!choices.picksQuickly || count * DENSE > choices.size) return shuffled(choices.all(), count, chance);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(choices.pick());
  return [...chosen];
}

/** Visits `count` elements, each chosen from all. */
export function chooseRepeated(
  choices: Choices,
  count: number,
  chance: Chance,
  visit: (handle: number) => void,
): void {
  if (choices.picksQuickly) {
    for (let left = count; left > 0; left--) visit(choices.pick());
    return;
  }
  const all = choices.all();
  for (let left = count; left > 0; left--) visit(all[below(chance, all.length)]!);
}

/** The first `count` places of a shuffle. */
function shuffled(handles: number[], count: number, chance: Chance): number[] {
  for (let at = 0; at < count; at++) {
    const other = at + below(chance, handles.length - at);
    const chosen = handles[other]!;
    handles[other] = handles[at]!;
    handles[at] = chosen;
  }
  handles.length = count;
  return handles;
}
