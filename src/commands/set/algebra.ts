/** Unions, intersections and differences of sets. */

import type { Call } from "../../engine/call.js";
import { NOTIFY_GENERIC, NOTIFY_SET } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import { Held } from "../../memory/held.js";
import type { Ref } from "../../memory/memory.js";
import type { Sets } from "../../types/set.js";
import type { Slice } from "../../util/slice.js";
import { readSet } from "./access.js";

/** `isNew` unless the member may have been visited before. An intersection ends when a visit returns false. */
type Visit = (member: Slice, isNew: boolean) => boolean;

/** Visits the members of a combination of sets. */
export type Combination = (call: Call, sets: readonly Ref[], visit: Visit) => void;

/** The sets at the arguments from `from` up to `to`; 0 where there is none. */
export function readSets(call: Call, from: number, to: number): Ref[] {
  const refs: Ref[] = [];
  for (let at = from; at < to; at++) refs.push(readSet(call, at));
  return refs;
}

/** Members of all the sets, by going through the smallest. */
export const intersection: Combination = (call, refs, visit) => {
  if (refs.includes(0)) return;
  call.engine.keyspace.sets.forEachCommon(bySize(call, refs), (member) => visit(member, true));
};

/** Whether one of the sets has the member. */
function isInAny(sets: Sets, refs: readonly Ref[], member: Slice): boolean {
  let at = 0;
  while (at < refs.length && !sets.has(refs[at]!, member)) at++;
  return at < refs.length;
}

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
    if (!isInAny(sets, present, member)) visit(member, true);
  });
};

/** Members of any of the sets; one that is in several is visited several times. */
export const union: Combination = (call, refs, visit) => {
  const { sets } = call.engine.keyspace;
  refs
    .filter((ref) => ref !== 0)
    .forEach((ref, index) => {
      sets.forEach(ref, (member) => void visit(member, index === 0));
    });
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
  expectUnion(call, made, refs);
  union(call, refs, (member, isNew) => sets.add(made, member, config.values, isNew));
  call.reply.set(sets.size(made.ref));
  sets.replyAll(made.ref, call.reply);
  keyspace.release(made.ref);
}

/** Stores the combination of the sets from the second argument on at the first, and replies with its size. */
export function storeCombination(call: Call, combine: Combination, event: string): void {
  const { config, keyspace } = call.engine;
  const { entries, sets } = keyspace;
  const refs = readSets(call, 2, call.argc);
  const made = new Held(entries, createResult(call, combine === intersection ? bySize(call, refs)[0]! : 0));
  if (combine === union) expectUnion(call, made, refs);
  combine(call, refs, (member, isNew) => {
    sets.add(made, member, config.values, isNew);
    return true;
  });
  if (combine === intersection) sets.turnIntoIntset(made, config.values);
  const size = sets.size(made.ref);
  if (size === 0) keyspace.release(made.ref);
  place(call, size === 0 ? 0 : made.ref, event);
  call.reply.integer(size);
}

/** A union has at least as many members as the largest set: if no compact encoding holds so many, it begins as a table. */
function expectUnion(call: Call, made: Held, refs: readonly Ref[]): void {
  const { config, keyspace } = call.engine;
  const { sets } = keyspace;
  const most = refs.reduce((sum, ref) => (ref === 0 ? sum : Math.max(sum, sets.size(ref))), 0);
  if (most <= config.values["set-max-listpack-entries"]) return;
  sets.expect(made, most, config.values);
  sets.reserve(made, most);
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
