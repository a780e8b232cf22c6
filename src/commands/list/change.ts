/** LSET and LINSERT. */

import { integer, key, oneOf, string, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { noSuchKey, outOfRange, syntaxError } from "../../engine/errors.js";
import { NOTIFY_LIST } from "../../keyspace/events.js";
import type { List } from "../../types/list.js";
import { elementIndex } from "./range.js";
import { writeList } from "./stored.js";

export const lset = command({
  name: "lset",
  group: "list",
  since: "1.0.0",
  summary: "Replaces the element of a list at an index",
  complexity: "O(N), N being the number of nodes up to the element; O(1) at either end",
  flags: ["write", "denyoom"],
  args: [key("key", ["RW", "update"]), integer("index"), string("element")],
  run(call) {
    const key = call.key(1);
    const list = writeList(call, key);
    if (list === null) throw noSuchKey();
    const index = elementIndex(call, 2, list.length);
    const { bytes, starts, ends } = call.request;
    list.expect(call.length(3), 1);
    if (index < 0) throw outOfRange();
    list.cursor.seek(index);
    list.replace(bytes, starts[3]!, ends[3]!);
    list.shrink();
    call.reply.ok();
    call.database.changed(key, NOTIFY_LIST, "lset");
  },
});

export const linsert = command({
  name: "linsert",
  group: "list",
  since: "2.2.0",
  summary: "Puts an element before or behind the first one in a list that equals another",
  complexity: "O(N), N being the number of elements up to that one",
  flags: ["write", "denyoom"],
  args: [
    key("key", ["RW", "insert"]),
    oneOf("where", [token("before", "BEFORE"), token("after", "AFTER")]),
    string("pivot"),
    string("element"),
  ],
  run(call) {
    const after = call.is(2, "after");
    if (!after && !call.is(2, "before")) throw syntaxError();
    const key = call.key(1);
    const list = writeList(call, key);
    if (list === null) {
      call.reply.integer(0);
      return;
    }
    const { bytes, starts, ends } = call.request;
    list.expect(call.length(4), 1);
    if (!seekPivot(call, list)) {
      call.reply.integer(-1);
      return;
    }
    list.insert(after, bytes, starts[4]!, ends[4]!);
    call.database.changed(key, NOTIFY_LIST, "linsert");
    call.reply.integer(list.length);
  },
});

function seekPivot(call: Call, { cursor }: List): boolean {
  const { bytes, starts, ends } = call.request;
  cursor.seek(0);
  do {
    if (cursor.equals(bytes, starts[3]!, ends[3]!)) return true;
  } while (cursor.next());
  return false;
}
