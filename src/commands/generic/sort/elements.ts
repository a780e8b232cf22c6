/** The elements that SORT works on. */

import type { Call } from "../../../engine/call.js";
import { wrongType } from "../../../engine/errors.js";
import type { Ref } from "../../../memory/memory.js";
import { Text } from "../../../types/text.js";
import { LIST, SET, ZSET } from "../../../types/type.js";
import { openList } from "../../list/stored.js";
import { holdSet } from "../../sorted-set/access.js";
import { type SortOptions, wantedRange } from "./options.js";
import { Texts } from "./texts.js";

export interface Elements {
  readonly texts: Texts;
  /** Which of the texts are wanted, once they are in order. */
  readonly start: number;
  readonly end: number;
  /** Whether the order of the texts is one of chance. */
  readonly shuffled: boolean;
}

const NONE: Elements = { texts: new Texts(0), start: 0, end: 0, shuffled: false };

/**
 * The elements at the call's key. Those of a list or a sorted set that are not to be sorted are already the wanted ones
 * in the wanted order.
 */
export function loadElements(call: Call, options: SortOptions): Elements {
  const ref = call.database.read(call.key(1));
  if (ref === 0) return NONE;
  switch (call.engine.keyspace.entries.type(ref)) {
    case LIST:
      return loadList(call, ref, options);
    case SET:
      return loadSet(call, ref, options);
    case ZSET:
      return loadSortedSet(call, ref, options);
    default:
      throw wrongType();
  }
}

function loadList(call: Call, ref: Ref, options: SortOptions): Elements {
  const { cursor, length } = openList(call, ref);
  const { start, end } = wantedRange(options, length);
  const backwards = options.unsorted && options.descending;
  const first = options.unsorted ? start : 0;
  const count = options.unsorted ? end - start : length;
  const texts = new Texts(count);
  if (count > 0) cursor.seek(backwards ? length - 1 - first : first);
  const text = new Text();
  for (let left = count; left > 0; left--) {
    text.readListpack(cursor.bytes, cursor.base, cursor.position);
    texts.add(text);
    if (left > 1) backwards ? cursor.previous() : cursor.next();
  }
  return { texts, ...(options.unsorted ? { start: 0, end: count } : { start, end }), shuffled: false };
}

function loadSet(call: Call, ref: Ref, options: SortOptions): Elements {
  const { sets } = call.engine.keyspace;
  const texts = new Texts(sets.size(ref));
  sets.forEach(ref, (member) => texts.add(member));
  if (options.unsorted && options.storeAt > 0) {
    // A set has no order of its own, and what is stored of it must be the same on every server.
    options.unsorted = false;
    options.by = null;
    options.alpha = true;
  }
  return { texts, ...wantedRange(options, texts.count), shuffled: sets.isTable(ref) };
}

function loadSortedSet(call: Call, ref: Ref, options: SortOptions): Elements {
  const set = holdSet(call, call.key(1), ref);
  const { start, end } = wantedRange(options, set.count);
  const count = options.unsorted ? end - start : set.count;
  const texts = new Texts(count);
  const add = (member: { bytes: Uint8Array; start: number; end: number }): void => texts.add(member);
  if (!options.unsorted) set.visitAll(add);
  else if (options.descending) set.rangeBackwards(set.count - 1 - start, count, add);
  else set.range(start, count, add);
  // Redis sorts no packed set: it indexes one before, and leaves it so. OBJECT ENCODING shows it.
  set.turnIndexed();
  return { texts, ...(options.unsorted ? { start: 0, end: count } : { start, end }), shuffled: false };
}
