/** The union, the intersection and the difference of sets. */

import type { Call } from "../../engine/call.js";
import { Key } from "../../memory/key.js";
import { ABSENT, type SortedSet } from "../../types/zset.js";
import { createResult } from "./access.js";
import type { Input } from "./inputs.js";

export type Aggregate = (a: number, b: number) => number;

/** Opposite infinities add up to 0. */
export const sum: Aggregate = (a, b) => orZero(a + b);
export const least: Aggregate = (a, b) => (b < a ? b : a);
export const greatest: Aggregate = (a, b) => (b > a ? b : a);

const orZero = (score: number): number => (Number.isNaN(score) ? 0 : score);

/** Smaller sets first: sums of doubles depend on their order, so it is Redis's. */
function bySize(inputs: readonly Input[]): Input[] {
  return [...inputs].sort((a, b) => a.source.count - b.source.count);
}

/** A set that no key has yet, with every member of any input. */
export function unionOf(call: Call, inputs: readonly Input[], aggregate: Aggregate): SortedSet {
  const { hasher } = call.engine.keyspace;
  const united = createResult(call);
  const key = new Key();
  for (const input of bySize(inputs)) {
    input.source.visitAll(({ bytes, start, end, score }) => {
      hasher.set(key, bytes, start, end);
      addTo(united, key, orZero(score * input.weight), aggregate);
    });
  }
  return united;
}

function addTo(united: SortedSet, key: Key, score: number, aggregate: Aggregate): void {
  const handle = united.find(key);
  if (handle === ABSENT) {
    united.insert(key, score);
    return;
  }
  const old = united.scoreOf(handle);
  const combined = aggregate(old, score);
  // Not by `!==`, to which 0 and -0 are the same.
  if (!Object.is(combined, old)) united.update(key, handle, combined);
}

/** A set that no key has yet, with every member of all inputs. */
export function intersectionOf(call: Call, inputs: readonly Input[], aggregate: Aggregate): SortedSet {
  const shared = createResult(call);
  visitShared(call, bySize(inputs), aggregate, (key, score) => {
    shared.insert(key, score);
    return true;
  });
  return shared;
}

/** How many members all inputs have, as far as the limit; 0 is no limit. */
export function countShared(call: Call, inputs: readonly Input[], limit: number): number {
  let count = 0;
  visitShared(call, bySize(inputs), sum, () => ++count !== limit);
  return count;
}

/** Calls `visit` for every member of all inputs, with its score, until it gives back false. */
function visitShared(
  call: Call,
  [smallest, ...others]: readonly Input[],
  aggregate: Aggregate,
  visit: (key: Key, score: number) => boolean,
): void {
  const { hasher } = call.engine.keyspace;
  const key = new Key();
  let more = true;
  smallest!.source.visitAll(({ bytes, start, end, score }) => {
    if (!more) return;
    hasher.set(key, bytes, start, end);
    let combined = orZero(score * smallest!.weight);
    for (const { source, ref, weight } of others) {
      const found = ref === smallest!.ref ? score : source.score(key);
      if (Number.isNaN(found)) return;
      combined = aggregate(combined, found * weight);
    }
    more = visit(key, combined);
  });
}

/** A set that no key has yet, with the members of the first input that no other has. */
export function differenceOf(call: Call, [first, ...others]: readonly Input[]): SortedSet {
  const { hasher } = call.engine.keyspace;
  const left = createResult(call);
  const key = new Key();
  first!.source.visitAll(({ bytes, start, end, score }) => {
    hasher.set(key, bytes, start, end);
    const kept = others.every(({ source, ref }) => ref !== first!.ref && Number.isNaN(source.score(key)));
    if (kept) left.insert(key, score);
  });
  return left;
}
