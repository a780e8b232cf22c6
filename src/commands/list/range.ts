/** LRANGE, LINDEX and LLEN. */

import { integer, key } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fromStart, lastFromStart } from "../string/position.js";
import { readList, replyRange } from "./stored.js";

export const lrange = command({
  name: "lrange",
  group: "list",
  since: "1.0.0",
  summary: "Returns the elements of a list from one index to another",
  complexity: "O(S+N), S being the number of nodes up to the first element and N that of the elements",
  flags: ["readonly"],
  args: [key("key", ["RO", "access"]), integer("start"), integer("stop")],
  run(call) {
    const start = call.long(2);
    const stop = call.long(3);
    const list = readList(call, call.key(1));
    if (list === null) {
      call.reply.array(0);
      return;
    }
    const first = fromStart(start, list.length);
    const last = lastFromStart(stop, list.length);
    replyRange(call, list, first, beforeStart(stop, list.length) ? 0 : Math.max(0, last - first + 1));
  },
});

export const lindex = command({
  name: "lindex",
  group: "list",
  since: "1.0.0",
  summary: "Returns the element of a list at an index",
  complexity: "O(N), N being the number of nodes up to the element; O(1) at either end",
  flags: ["readonly"],
  args: [key("key", ["RO", "access"]), integer("index")],
  run(call) {
    const list = readList(call, call.key(1));
    if (list === null) {
      call.reply.nil();
      return;
    }
    const at = elementIndex(call, 2, list.length);
    if (at < 0) {
      call.reply.nil();
      return;
    }
    list.cursor.seek(at);
    list.cursor.reply(call.reply);
  },
});

export const llen = command({
  name: "llen",
  group: "list",
  since: "1.0.0",
  summary: "Counts the elements of a list",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO"])],
  run(call) {
    call.reply.integer(readList(call, call.key(1))?.length ?? 0);
  },
});

/** The argument as an index from the head, or -1 when no element of so many has it. */
export function elementIndex(call: Call, at: number, length: number): number {
  const given = call.long(at);
  const index = given < 0 ? length + given : given;
  return index >= 0 && index < length ? index : -1;
}

/** Whether a position from the end lies before the first element: a range that ends there is empty. */
export function beforeStart(position: number, length: number): boolean {
  return position < -length;
}
