/** LMOVE and RPOPLPUSH. */

import { key, oneOf, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { NOTIFY_LIST } from "../../keyspace/events.js";
import type { Key } from "../../memory/key.js";
import { textOf } from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { LIST } from "../../types/type.js";
import { readSide } from "./pop.js";
import { createList, elementsGone, openList, replyElement } from "./stored.js";

const MOVE = { complexity: "O(1)", flags: ["write", "denyoom"] } as const;
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
    move(call, fromHead, readSide(call, 4));
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
  run: (call) => move(call, false, true),
});

function move(call: Call, fromHead: boolean, toHead: boolean): void {
  const { database } = call;
  const source = call.key(1);
  const destination = call.key(2);
  const found = call.checkType(database.write(source), LIST);
  if (found === 0) {
    call.reply.nil();
    return;
  }
  const there = call.checkType(database.write(destination), LIST);
  const from = database.own(source, found);
  // When the list is its own destination, `from` is where its entry is now.
  const to = there === found ? from : there;
  moveElement(call, from, fromHead, destination, to, toHead);
  database.affected(destination, NOTIFY_LIST, toHead ? "lpush" : "rpush");
  elementsGone(call, source, openList(call, from), fromHead ? "lpop" : "rpop", 1);
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
  replyElement(call, list);
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
