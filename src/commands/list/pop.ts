/** LPOP, RPOP and LMPOP, and BLPOP, BRPOP and BLMPOP, which wait when there is nothing to pop. */

import { double, integer, key, multiple, oneOf, optional, token } from "../../engine/argument.js";
import { type Call, nilArray } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError, wrongArity } from "../../engine/errors.js";
import type { Key } from "../../memory/key.js";
import type { List } from "../../types/list.js";
import { LIST } from "../../types/type.js";
import { readTimeout } from "../timeout.js";
import { elementsGone, replyRange, writeList } from "./stored.js";

const LPOP = Buffer.from("LPOP");
const RPOP = Buffer.from("RPOP");

const POP = {
  since: "1.0.0",
  complexity: "O(N), N being the number of elements removed",
  flags: ["write", "fast"],
  args: [key("key", ["RW", "access", "delete"]), optional(integer("count", { since: "6.2.0" }))],
  history: [["6.2.0", "Takes the argument `count`."]],
} as const;

export const lpop = command({
  ...POP,
  name: "lpop",
  group: "list",
  summary: "Removes the first elements of a list and returns them",
  run: (call) => pop(call, true),
});

export const rpop = command({
  ...POP,
  name: "rpop",
  group: "list",
  summary: "Removes the last elements of a list and returns them, the last of them first",
  run: (call) => pop(call, false),
});

const BLOCKING_POP = {
  since: "2.0.0",
  complexity: "O(N), N being the number of keys",
  flags: ["write", "blocking"],
  args: [multiple(key("key", ["RW", "access", "delete"])), double("timeout")],
  history: [["6.0.0", "`timeout` may have a fraction."]],
} as const;

export const blpop = command({
  ...BLOCKING_POP,
  name: "blpop",
  group: "list",
  summary: "Removes the first element of the first list that is there and returns it, or waits for one",
  run: (call) => popOrWait(call, true),
});

export const brpop = command({
  ...BLOCKING_POP,
  name: "brpop",
  group: "list",
  summary: "Removes the last element of the first list that is there and returns it, or waits for one",
  run: (call) => popOrWait(call, false),
});

const MANY = {
  since: "7.0.0",
  complexity: "O(N+M), N being the number of keys and M that of the elements removed",
};
const manyArgs = [
  integer("numkeys", { countsKeys: true }),
  multiple(key("key", ["RW", "access", "delete"])),
  oneOf("where", [token("left", "LEFT"), token("right", "RIGHT")]),
  optional(integer("count", { token: "COUNT" })),
];

export const lmpop = command({
  ...MANY,
  name: "lmpop",
  group: "list",
  summary: "Removes elements from the first of several lists that is there, and returns them",
  flags: ["write"],
  args: manyArgs,
  run: (call) => popFromFirst(call, false),
});

export const blmpop = command({
  ...MANY,
  name: "blmpop",
  group: "list",
  summary:
    "Removes elements from the first of several lists that is there and returns them, or waits for one",
  flags: ["write", "blocking"],
  args: [double("timeout"), ...manyArgs],
  run: (call) => popFromFirst(call, true),
});

function pop(call: Call, atHead: boolean): void {
  if (call.argc > 3) throw wrongArity(call.command.fullName);
  const many = call.argc === 3;
  const most = many ? readCount(call, 2, 0, "value is out of range, must be positive") : 1;
  const key = call.key(1);
  const list = writeList(call, key);
  if (list === null) {
    if (many) call.reply.nilArray();
    else call.reply.nil();
  } else if (many) popMany(call, key, list, atHead, Math.min(most, list.length));
  else popOne(call, key, list, atHead);
}

function popOne(call: Call, key: Key, list: List, atHead: boolean): void {
  list.cursor.seekEnd(atHead);
  list.cursor.reply(call.reply);
  list.removeHere(1);
  elementsGone(call, key, list, atHead ? "lpop" : "rpop", 1);
}

function popMany(call: Call, key: Key, list: List, atHead: boolean, count: number): void {
  if (count === 0) {
    call.reply.array(0);
    return;
  }
  const index = atHead ? 0 : list.length - count;
  if (atHead) replyRange(call, list, 0, count);
  else replyBackward(call, list, count);
  list.removeRange(index, count);
  elementsGone(call, key, list, atHead ? "lpop" : "rpop", count);
}

function replyBackward(call: Call, list: List, count: number): void {
  const { cursor } = list;
  call.reply.array(count);
  cursor.seek(list.length - 1);
  for (let left = count; left > 0; left--) {
    list.cursor.reply(call.reply);
    cursor.previous();
  }
}

function popOrWait(call: Call, atHead: boolean): void {
  const end = call.argc - 1;
  const timeout = readTimeout(call, end);
  for (let at = 1; at < end; at++) {
    const key = call.key(at);
    const list = writeList(call, key);
    if (list === null) continue;
    call.reply.array(2);
    call.reply.bulk(key.bytes, key.start, key.end);
    popOne(call, key, list, atHead);
    const unit = call.propagateWords(2);
    unit.word(atHead ? LPOP : RPOP);
    unit.word(key.bytes, key.start, key.end);
    return;
  }
  call.waitForKeys(LIST, 1, end, timeout, nilArray);
}

/** With a timeout before the number of keys if the command `waits`. */
function popFromFirst(call: Call, waits: boolean): void {
  const keysAt = waits ? 2 : 1;
  const first = keysAt + 1;
  const whereAt = first + readCount(call, keysAt, 1, "numkeys should be greater than 0");
  if (whereAt >= call.argc) throw syntaxError();
  const atHead = readSide(call, whereAt);
  const most = readCountOption(call, whereAt + 1);
  const timeout = waits ? readTimeout(call, 1) : 0;
  for (let at = first; at < whereAt; at++) {
    const key = call.key(at);
    const list = writeList(call, key);
    if (list === null) continue;
    const count = Math.min(most, list.length);
    call.reply.array(2);
    call.reply.bulk(key.bytes, key.start, key.end);
    popMany(call, key, list, atHead, count);
    propagatePop(call, key, atHead, count);
    return;
  }
  if (waits) call.waitForKeys(LIST, first, whereAt, timeout, nilArray);
  else call.reply.nilArray();
}

/** What a reader of the log has to do is known by now. */
function propagatePop(call: Call, key: Key, atHead: boolean, count: number): void {
  const unit = call.propagateWords(3);
  unit.word(atHead ? LPOP : RPOP);
  unit.word(key.bytes, key.start, key.end);
  unit.integer(count);
}

/** Whether the argument is LEFT; else it is RIGHT. */
export function readSide(call: Call, at: number): boolean {
  if (call.is(at, "left")) return true;
  if (call.is(at, "right")) return false;
  throw syntaxError();
}

/** The options of LMPOP: at most one COUNT. */
function readCountOption(call: Call, from: number): number {
  if (from === call.argc) return 1;
  if (!call.is(from, "count") || from + 1 === call.argc) throw syntaxError();
  const count = readCount(call, from + 1, 1, "count should be greater than 0");
  if (from + 2 < call.argc) throw syntaxError();
  return count;
}

function readCount(call: Call, at: number, least: number, error: string): number {
  const count = call.long(at, () => fail(error));
  if (count < least) throw fail(error);
  return count;
}
