/** LREM and LTRIM. */

import { integer, key, string } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import type { List } from "../../types/list.js";
import { fromStart, lastFromStart } from "../string/position.js";
import { beforeStart } from "./range.js";
import { elementsGone, writeList } from "./stored.js";

export const lrem = command({
  name: "lrem",
  group: "list",
  since: "1.0.0",
  summary: "Removes elements that equal one, from the first on, from the last on, or all of them",
  complexity: "O(N), N being the number of elements in the list",
  flags: ["write"],
  args: [key("key", ["RW", "delete"]), integer("count"), string("element")],
  run(call) {
    const { bytes, starts, ends } = call.request;
    const count = call.long(2);
    const key = call.key(1);
    const list = writeList(call, key);
    if (list === null) {
      call.reply.integer(0);
      return;
    }
    const most = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count);
    const removed = list.removeEqual(bytes, starts[3]!, ends[3]!, most, count < 0);
    if (removed > 0) elementsGone(call, key, list, "lrem", removed);
    call.reply.integer(removed);
  },
});

export const ltrim = command({
  name: "ltrim",
  group: "list",
  since: "1.0.0",
  summary: "Removes all elements of a list except those from one index to another",
  complexity: "O(N), N being the number of elements removed",
  flags: ["write"],
  args: [key("key", ["RW", "delete"]), integer("start"), integer("stop")],
  run(call) {
    const start = call.long(2);
    const stop = call.long(3);
    const key = call.key(1);
    const list = writeList(call, key);
    if (list !== null) elementsGone(call, key, list, "ltrim", trim(list, start, stop));
    call.reply.ok();
  },
});

/** Returns how many elements have gone. */
function trim(list: List, start: number, stop: number): number {
  const { length } = list;
  const first = fromStart(start, length);
  const last = beforeStart(stop, length) ? -1 : lastFromStart(stop, length);
  if (first > last) {
    list.removeRange(0, length);
    return length;
  }
  list.removeRange(last + 1, length - 1 - last);
  list.removeRange(0, first);
  return length - 1 - last + first;
}
