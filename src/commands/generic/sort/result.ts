/** What SORT makes of the elements that are in order: a reply, or a list at another key. */

import type { Call } from "../../../engine/call.js";
import { NOTIFY_GENERIC, NOTIFY_LIST } from "../../../keyspace/events.js";
import { Text } from "../../../types/text.js";
import type { Slice } from "../../../util/slice.js";
import { createList } from "../../list/stored.js";
import type { Elements } from "./elements.js";
import type { SortOptions } from "./options.js";

/** Replies with the wanted elements, or with what each GET finds for them. */
export function replyWith(
  call: Call,
  options: SortOptions,
  { texts, start, end }: Elements,
  order: Uint32Array,
): void {
  const { reply } = call;
  const { gets } = options;
  reply.array((end - start) * Math.max(gets.length, 1));
  const value = new Text();
  for (let at = start; at < end; at++) {
    const element = texts.slice(order[at]!);
    if (gets.length === 0) reply.bulk(element.bytes, element.start, element.end);
    for (const get of gets) {
      if (get.find(call, element, value)) reply.bulk(value.bytes, value.start, value.end);
      else reply.nil();
    }
  }
}

/** Puts the same as a list at the destination, whatever was there; an empty one deletes it. Nothing found is no text. */
export function storeAs(
  call: Call,
  options: SortOptions,
  { texts, start, end }: Elements,
  order: Uint32Array,
): void {
  const { database } = call;
  const { gets } = options;
  const destination = call.key(options.storeAt);
  const stored = (end - start) * Math.max(gets.length, 1);
  call.reply.integer(stored);
  if (stored === 0) {
    const old = database.dict.find(destination);
    if (old === 0) return;
    database.remove(destination, old);
    database.changed(destination, NOTIFY_GENERIC, "del");
    return;
  }
  const list = createList(call, destination);
  const push = ({ bytes, start: from, end: to }: Slice): void => list.push(false, bytes, from, to);
  const value = new Text();
  list.expectMany();
  for (let at = start; at < end; at++) {
    const element = texts.slice(order[at]!);
    if (gets.length === 0) push(element);
    for (const get of gets) {
      if (!get.find(call, element, value)) value.set(value.bytes, 0, 0);
      push(value);
    }
  }
  list.settle();
  database.put(destination, database.present(destination), list.entry);
  database.changed(destination, NOTIFY_LIST, "sortstore");
  database.space.dirty += stored - 1;
}
