/** LPUSH, RPUSH, LPUSHX and RPUSHX. */

import { key, multiple, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { NOTIFY_LIST } from "../../keyspace/events.js";
import type { List } from "../../types/list.js";
import { createList, writeList } from "./stored.js";

const PUSH = { complexity: "O(1) for each element", flags: ["write", "denyoom", "fast"] } as const;
const args = [key("key", ["RW", "insert"]), multiple(string("element"))];
const MANY_SINCE_2_4 = [["2.4.0", "Takes several elements."]] as const;
const MANY_SINCE_4_0 = [["4.0.0", "Takes several elements."]] as const;

export const lpush = command({
  ...PUSH,
  name: "lpush",
  group: "list",
  since: "1.0.0",
  summary: "Puts elements before the first of a list, each before the one given before it",
  args,
  history: MANY_SINCE_2_4,
  run: (call) => push(call, true, "lpush", false),
});

export const rpush = command({
  ...PUSH,
  name: "rpush",
  group: "list",
  since: "1.0.0",
  summary: "Puts elements behind the last of a list",
  args,
  history: MANY_SINCE_2_4,
  run: (call) => push(call, false, "rpush", false),
});

export const lpushx = command({
  ...PUSH,
  name: "lpushx",
  group: "list",
  since: "2.2.0",
  summary: "Puts elements before the first of a list that is there already",
  args,
  history: MANY_SINCE_4_0,
  run: (call) => push(call, true, "lpush", true),
});

export const rpushx = command({
  ...PUSH,
  name: "rpushx",
  group: "list",
  since: "2.2.0",
  summary: "Puts elements behind the last of a list that is there already",
  args,
  history: MANY_SINCE_4_0,
  run: (call) => push(call, false, "rpush", true),
});

function push(call: Call, atHead: boolean, event: string, onlyIfThere: boolean): void {
  const { database } = call;
  const key = call.key(1);
  const there = writeList(call, key);
  if (there === null && onlyIfThere) {
    call.reply.integer(0);
    return;
  }
  const list = there ?? createList(call, key);
  pushAll(call, list, atHead);
  // A new list gets its key when it holds something, whatever may go wrong on the way.
  if (there === null) database.put(key, 0, list.entry);
  database.changed(key, NOTIFY_LIST, event);
  database.space.dirty += call.argc - 3;
  call.reply.integer(list.length);
}

function pushAll(call: Call, list: List, atHead: boolean): void {
  const { bytes, starts, ends } = call.request;
  let total = 0;
  for (let at = 2; at < call.argc; at++) total += ends[at]! - starts[at]!;
  list.expect(total, call.argc - 2);
  for (let at = 2; at < call.argc; at++) list.push(atHead, bytes, starts[at]!, ends[at]!);
}
