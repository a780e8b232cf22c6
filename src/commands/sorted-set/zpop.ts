/** ZPOPMIN, ZPOPMAX and ZMPOP, and BZPOPMIN, BZPOPMAX and BZMPOP, which wait when there is nothing to pop. */

import { double, integer, key, multiple, oneOf, optional, token } from "../../engine/argument.js";
import { type Call, nilArray } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { syntaxError } from "../../engine/errors.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { ZSET } from "../../types/type.js";
import { readTimeout } from "../timeout.js";
import { holdSet, removeElements, writeEntry } from "./access.js";
import { elementReplier, replyWithScore } from "./elements.js";
import { atLeast } from "./interval.js";

const common = {
  group: "sorted-set",
  complexity: "O(log(N)*M), N being the number of members in the set, M of those popped",
} as const;
const access = ["RW", "access", "delete"] as const;

type End = "min" | "max";

export const zpopmin = command({
  ...common,
  name: "zpopmin",
  since: "5.0.0",
  summary: "Removes and returns the members with the lowest scores",
  flags: ["write", "fast"],
  args: [key("key", access), optional(integer("count"))],
  run: (call) => popFromOne(call, "min"),
});

export const zpopmax = command({
  ...common,
  name: "zpopmax",
  since: "5.0.0",
  summary: "Removes and returns the members with the highest scores",
  flags: ["write", "fast"],
  args: [key("key", access), optional(integer("count"))],
  run: (call) => popFromOne(call, "max"),
});

const WAITING = {
  since: "5.0.0",
  group: "sorted-set",
  complexity: "O(log(N)), N being the number of members in the set",
  flags: ["write", "fast", "blocking"],
  args: [multiple(key("key", access)), double("timeout")],
  history: [["6.0.0", "`timeout` may have a fraction."]],
} as const;

export const bzpopmin = command({
  ...WAITING,
  name: "bzpopmin",
  summary:
    "Removes and returns the member with the lowest score in the first set that is there, or waits for one",
  run: (call) => popOrWait(call, "min"),
});

export const bzpopmax = command({
  ...WAITING,
  name: "bzpopmax",
  summary:
    "Removes and returns the member with the highest score in the first set that is there, or waits for one",
  run: (call) => popOrWait(call, "max"),
});

const MANY = {
  since: "7.0.0",
  group: "sorted-set",
  complexity: "O(K)+O(M*log(N)), K being the number of keys, N of members in the set, M of those popped",
} as const;
const manyArgs = [
  integer("numkeys", { countsKeys: true }),
  multiple(key("key", access)),
  oneOf("where", [token("min", "MIN"), token("max", "MAX")]),
  optional(integer("count", { token: "COUNT" })),
];

export const zmpop = command({
  ...MANY,
  name: "zmpop",
  summary: "Removes and returns the members at one end of the first set that is not empty",
  flags: ["write"],
  args: manyArgs,
  run: (call) => popFromFirst(call, false),
});

export const bzmpop = command({
  ...MANY,
  name: "bzmpop",
  summary: "Removes and returns the members at one end of the first set that is there, or waits for one",
  flags: ["write", "blocking"],
  args: [double("timeout"), ...manyArgs],
  run: (call) => popFromFirst(call, true),
});

function popFromOne(call: Call, end: End): void {
  if (call.argc > 3) throw syntaxError();
  const counted = call.argc === 3;
  const count = counted ? atLeast(call, 2, 0n, "value is out of range, must be positive") : 1;
  const name = call.key(1);
  const ref = writeEntry(call, name);
  if (ref === 0 || count === 0) {
    call.reply.array(0);
    return;
  }
  const nested = counted && call.reply.version === 3;
  pop(call, name, ref, end, count, nested ? "nested" : "flat");
}

function popOrWait(call: Call, end: End): void {
  const last = call.argc - 1;
  const timeout = readTimeout(call, last);
  for (let at = 1; at < last; at++) {
    const name = call.key(at);
    const ref = writeEntry(call, name);
    if (ref === 0) continue;
    pop(call, name, ref, end, 1, "keyed");
    call.propagate(end === "min" ? "ZPOPMIN" : "ZPOPMAX", call.view(at));
    return;
  }
  call.waitForKeys(ZSET, 1, last, timeout, nilArray);
}

/** With a timeout before the number of keys if the command `waits`. */
function popFromFirst(call: Call, waits: boolean): void {
  const keysAt = waits ? 2 : 1;
  const first = keysAt + 1;
  const whereAt = first + atLeast(call, keysAt, 1n, "numkeys should be greater than 0");
  if (whereAt >= call.argc) throw syntaxError();
  const end = readEnd(call, whereAt);
  const count = readLimit(call, whereAt + 1);
  const timeout = waits ? readTimeout(call, 1) : 0;
  for (let at = first; at < whereAt; at++) {
    const name = call.key(at);
    const ref = writeEntry(call, name);
    if (ref === 0) continue;
    call.reply.array(2);
    call.reply.bulk(name.bytes, name.start, name.end);
    const popped = pop(call, name, ref, end, count, "nested");
    call.propagate(end === "min" ? "ZPOPMIN" : "ZPOPMAX", call.view(at), String(popped));
    return;
  }
  if (waits) call.waitForKeys(ZSET, first, whereAt, timeout, nilArray);
  else call.reply.nilArray();
}

function readEnd(call: Call, at: number): End {
  if (call.is(at, "min")) return "min";
  if (call.is(at, "max")) return "max";
  throw syntaxError();
}

function readLimit(call: Call, from: number): number {
  let count = -1;
  for (let at = from; at < call.argc; at += 2) {
    if (count !== -1 || !call.is(at, "count") || at + 1 === call.argc) throw syntaxError();
    count = atLeast(call, at + 1, 1n, "count should be greater than 0");
  }
  return count === -1 ? 1 : count;
}

/**
 * An array of members and scores in turn, with the key before the first of them, or an array of pairs.
 */
type Form = "flat" | "keyed" | "nested";

/** Replies with up to `count` elements of the end and removes them; tells how many. */
function pop(call: Call, name: Key, ref: Ref, end: End, count: number, form: Form): number {
  const set = holdSet(call, name, ref);
  const size = set.count;
  const taken = Math.min(size, count);
  const nested = form === "nested";
  call.reply.array(nested ? taken : taken * 2 + (form === "keyed" ? 1 : 0));
  if (form === "keyed") call.reply.bulk(name.bytes, name.start, name.end);
  const first = end === "min" ? 0 : size - taken;
  if (taken === 1) replyWithScore(call.reply, set.at(first), nested);
  else if (end === "min") set.range(0, taken, elementReplier(call, true, nested));
  else set.rangeBackwards(size - 1, taken, elementReplier(call, true, nested));
  removeElements(call, name, set, first, taken, end === "min" ? "zpopmin" : "zpopmax");
  return taken;
}
