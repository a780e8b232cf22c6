/** LMOVE and RPOPLPUSH, and BLMOVE and BRPOPLPUSH, which wait when there is nothing to move. */

import { double, key, oneOf, token } from "../../engine/argument.js";
import { type Call, nil } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { NOTIFY_LIST } from "../../keyspace/events.js";
import type { Key } from "../../memory/key.js";
import { textOf } from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { LIST } from "../../types/type.js";
import { readTimeout } from "../timeout.js";
import { readSide } from "./pop.js";
import { createList, elementsGone, openList } from "./stored.js";

const LMOVE = Buffer.from("LMOVE");
const RPOPLPUSH = Buffer.from("RPOPLPUSH");

const MOVE = { complexity: "O(1)", flags: ["write", "denyoom"] } as const;
const BLOCKING_MOVE = { complexity: "O(1)", flags: ["write", "denyoom", "blocking"] } as const;
const keys = [key("source", ["RW", "access", "delete"]), key("destination", ["RW", "insert"])];
const sides = [token("left", "LEFT"), token("right", "RIGHT")];

export const lmove = command({
  ...MOVE,
  name: "lmove",
  group: "list",
  since: "6.2.0",
  summary: "Takes an element from an end of a list, puts it to an end of another and returns it",
  args: [...keys, oneOf("wherefrom", sides), oneOf("whereto", sides)],
  run(call) {
    const fromHead = readSide(call, 3);
    const toHead = readSide(call, 4);
    if (!move(call, fromHead, toHead)) call.reply.nil();
  },
});

export const blmove = command({
  ...BLOCKING_MOVE,
  name: "blmove",
  group: "list",
  since: "6.2.0",
  summary:
    "Takes an element from an end of a list, or waits for one, puts it to an end of another and returns it",
  args: [...keys, oneOf("wherefrom", sides), oneOf("whereto", sides), double("timeout")],
  run(call) {
    const fromHead = readSide(call, 3);
    const toHead = readSide(call, 4);
    const timeout = readTimeout(call, 5);
    if (move(call, fromHead, toHead)) propagateMove(call, LMOVE, 4);
    else call.waitForKeys(LIST, 1, 2, timeout, nil);
  },
});

export const rpoplpush = command({
  ...MOVE,
  name: "rpoplpush",
  group: "list",
  since: "1.2.0",
  summary: "Takes the last element of a list, puts it before the first of another and returns it",
  args: keys,
  deprecated: { since: "6.2.0", replacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments" },
  run(call) {
    if (!move(call, false, true)) call.reply.nil();
  },
});

export const brpoplpush = command({
  ...BLOCKING_MOVE,
  name: "brpoplpush",
  group: "list",
  since: "2.2.0",
  summary:
    "Takes the last element of a list, or waits for one, puts it before the first of another and returns it",
  args: [...keys, double("timeout")],
  history: [["6.0.0", "`timeout` may have a fraction."]],
  deprecated: { since: "6.2.0", replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments" },
  run(call) {
    const timeout = readTimeout(call, 3);
    if (move(call, false, true)) propagateMove(call, RPOPLPUSH, 2);
    else call.waitForKeys(LIST, 1, 2, timeout, nil);
  },
});

/** The command without its timeout: the first `count` arguments. */
function propagateMove(call: Call, name: Uint8Array, count: number): void {
  const { bytes, starts, ends } = call.request;
  const unit = call.propagateWords(1 + count);
  unit.word(name);
  for (let at = 1; at <= count; at++) unit.word(bytes, starts[at]!, ends[at]!);
}

/** Whether there was anything to move. */
function move(call: Call, fromHead: boolean, toHead: boolean): boolean {
  const { database } = call;
  const source = call.key(1);
  const destination = call.key(2);
  const found = call.checkType(database.write(source), LIST);
  if (found === 0) return false;
  const there = call.checkType(database.write(destination), LIST);
  const from = database.own(source, found);
  // When the list is its own destination, `from` is where its entry is now.
  const to = there === found ? from : there;
  moveElement(call, from, fromHead, destination, to, toHead);
  database.affected(destination, NOTIFY_LIST, toHead ? "lpush" : "rpush");
  elementsGone(call, source, openList(call, from), fromHead ? "lpop" : "rpop", 1);
  return true;
}

function moveElement(
  call: Call,
  from: Ref,
  fromHead: boolean,
  destination: Key,
  to: Ref,
  toHead: boolean,
): void {
  const list = openList(call, from);
  const index = fromHead ? 0 : list.length - 1;
  list.cursor.seek(index);
  list.cursor.reply(call.reply);
  const text = textOf(list.cursor.read(), list.cursor.bytes);
  // A list that goes round is never one longer than it was; else the element is in both rather than in none.
  if (from === to) list.removeRange(index, 1);
  put(call, destination, to, toHead, text);
  if (from !== to) openList(call, from).removeRange(index, 1);
}

/** Puts the element to the list of an entry, or to a new one when that is 0. */
function put(call: Call, key: Key, to: Ref, atHead: boolean, text: Uint8Array): void {
  const list = to === 0 ? createList(call, key) : openList(call, call.database.own(key, to));
  list.expect(text.length, 1);
  list.push(atHead, text, 0, text.length);
  if (to === 0) call.database.put(key, 0, list.entry);
}
