/** ZPOPMIN, ZPOPMAX and ZMPOP. */

import { integer, key, multiple, oneOf, optional, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { syntaxError } from "../../engine/errors.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import type { Element } from "../../types/zset.js";
import { keepRemains, openSet, writeEntry } from "./access.js";
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

export const zmpop = command({
  ...common,
  name: "zmpop",
  since: "7.0.0",
  summary: "Removes and returns the members at one end of the first set that is not empty",
  complexity: "O(K)+O(M*log(N)), K being the number of keys, N of members in the set, M of those popped",
  flags: ["write"],
  args: [
    integer("numkeys", { countsKeys: true }),
    multiple(key("key", access)),
    oneOf("where", [token("min", "MIN"), token("max", "MAX")]),
    optional(integer("count", { token: "COUNT" })),
  ],
  run: (call) => popFromFirst(call),
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
  pop(call, name, ref, end, count, nested);
}

function popFromFirst(call: Call): void {
  const keys = atLeast(call, 1, 1n, "numkeys should be greater than 0");
  const whereAt = 2 + keys;
  if (whereAt >= call.argc) throw syntaxError();
  const end = readEnd(call, whereAt);
  const count = readLimit(call, whereAt + 1);
  for (let at = 2; at < whereAt; at++) {
    const name = call.key(at);
    const ref = writeEntry(call, name);
    if (ref === 0) continue;
    call.reply.array(2);
    call.reply.bulk(name.bytes, name.start, name.end);
    const popped = pop(call, name, ref, end, count, true);
    call.propagate(end === "min" ? "ZPOPMIN" : "ZPOPMAX", call.view(at), String(popped));
    return;
  }
  call.reply.nilArray();
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

/** Replies with up to `count` elements of the end and removes them; tells how many. */
function pop(call: Call, name: Key, ref: Ref, end: End, count: number, nested: boolean): number {
  const set = openSet(call, ref);
  const size = set.count;
  const taken = Math.min(size, count);
  if (nested) call.reply.array(taken);
  else call.reply.array(taken * 2);
  const reply = (element: Element): void => {
    if (nested) call.reply.array(2);
    call.reply.bulk(element.bytes, element.start, element.end);
    call.reply.double(element.score);
  };
  if (end === "min") set.range(0, taken, reply);
  else set.rangeBackwards(size - 1, taken, reply);
  set.removeRange(end === "min" ? 0 : size - taken, taken);
  keepRemains(call, name, ref, set, taken, end === "min" ? "zpopmin" : "zpopmax");
  return taken;
}
