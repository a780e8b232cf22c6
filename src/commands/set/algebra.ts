/** Unions, intersections and differences of sets. */

import type { Call } from "../../engine/call.js";
import { NOTIFY_GENERIC, NOTIFY_SET } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import { Held } from "../../memory/held.js";
import type { Ref } from "../../memory/memory.js";
import type { Text } from "../../types/text.js";
import { readSet } from "./access.js";

/** Visits the members of a combination of sets; an intersection ends when a visit returns false. */
export type Combination = (call: Call, sets: readonly Ref[], visit: (member: Text) => boolean) => void;

/** The sets at the arguments from `from` up to `to`; 0 where there is none. */
export function readSets(call: Call, from: number, to: number): Ref[] {
  const refs: Ref[] = [];
  for (let at = from; at < to; at++) refs.push(readSet(call, at));
  return refs;
}

/** Members of all the sets, by going through the smallest. */
export const intersection: Combination = (call, refs, visit) => {
  if (refs.includes(0)) return;
  const { sets } = call.engine.keyspace;
  const [smallest, ...others] = bySize(call, refs);
  let more = true;
  sets.forEach(smallest!, (member) => {
    if (more && others.every((other) => sets.has(other, member))) more = visit(member);
  });
};

/** Members of the first set that no other has. */
export const difference: Combination = (call, [first, ...others], visit) => {
  if (first === undefined || first === 0) return;
  const { sets } = call.engine.keyspace;
  // The largest is the likeliest to have a member.
  const present = bySize(
    call,
    others.filter((ref) => ref !== 0),
  ).reverse();
  sets.forEach(first, (member) => {
    if (!present.some((other) => sets.has(other, member))) visit(member);
  });
};

/** Members of any of the sets; one that is in several is visited several times. */
export const union: Combination = (call, refs, visit) => {
  for (const ref of refs) if (ref !== 0) call.engine.keyspace.sets.forEach(ref, visit);
};

/** The sets, the smallest first. */
export function bySize(call: Call, refs: readonly Ref[]): Ref[] {
  const { sets } = call.engine.keyspace;
  return [...refs].sort((a, b) => sets.size(a) - sets.size(b));
}

/** Replies with the combination of the sets at all the arguments. */
export function replyCombination(call: Call, combine: Combination): void {
  const refs = readSets(call, 1, call.argc);
  call.reply.counted("set", () => {
    let count = 0;
    combine(call, refs, ({ bytes, start, end }) => {
      call.reply.bulk(bytes, start, end);
      count++;
      return true;
    });
    return count;
  });
}

/** Replies with the union of the sets at all the arguments, by way of a set that hangs nowhere. */
export function replyUnion(call: Call): void {
  const { config, keyspace } = call.engine;
  const refs = readSets(call, 1, call.argc);
  const { entries, sets } = keyspace;
  const made = new Held(entries, sets.createIntset(call.key(1), { access: 0, expiry: NEVER }));
  union(call, refs, (member) => sets.add(made, member, config.values));
  call.reply.set(sets.size(made.ref));
  sets.forEach(made.ref, ({ bytes, start, end }) => call.reply.bulk(bytes, start, end));
  keyspace.release(made.ref);
}

/** Stores the combination of the sets from the second argument on at the first, and replies with its size. */
export function storeCombination(call: Call, combine: Combination, event: string): void {
  const { config, keyspace } = call.engine;
  const { entries, sets } = keyspace;
  const refs = readSets(call, 2, call.argc);
  const made = new Held(entries, createResult(call, combine === intersection ? bySize(call, refs)[0]! : 0));
  combine(call, refs, (member) => {
    sets.add(made, member, config.values);
    return true;
  });
  if (combine === intersection) sets.turnIntoIntset(made, config.values);
  const size = sets.size(made.ref);
  if (size === 0) keyspace.release(made.ref);
  place(call, size === 0 ? 0 : made.ref, event);
  call.reply.integer(size);
}

/** An empty set: an intset, or like Redis a listpack for the intersection of what is no intset. */
function createResult(call: Call, smallest: Ref): Ref {
  const { access, entries, sets } = call.engine.keyspace;
  const key = call.key(1);
  const old = call.database.dict.find(key);
  const replaced = old === 0 ? access.initial() : access.replaced(entries.access(old));
  const traits = { access: replaced, expiry: NEVER };
  return smallest === 0 || sets.isIntset(smallest)
    ? sets.createIntset(key, traits)
    : sets.createListpack(key, traits);
}

/** Puts the result in the place of what was there; an empty one (0) takes the key away. */
function place(call: Call, made: Ref, event: string): void {
  const { database } = call;
  const key = call.key(1);
  const old = made === 0 ? database.dict.find(key) : database.present(key);
  if (made !== 0) {
    database.put(key, old, made);
    database.changed(key, NOTIFY_SET, event);
  } else if (old !== 0) {
    database.remove(key, old);
    database.changed(key, NOTIFY_GENERIC, "del");
  }
}
