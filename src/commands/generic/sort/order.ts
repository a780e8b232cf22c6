/** Bringing the elements into order. */

import type { Call } from "../../../engine/call.js";
import { Text } from "../../../types/text.js";
import { compareBytes } from "../../../util/ascii.js";
import { type Comparison, partialSort } from "../../../util/partial-sort.js";
import { orderByKey } from "../../../util/sort-by-key.js";
import type { Elements } from "./elements.js";
import { numbersOf } from "./numbers.js";
import type { SortOptions } from "./options.js";
import { Texts } from "./texts.js";

/** The key of a text that is not there, which is lower than any text's. */
const ABSENT = -1;

/** The elements' places in the column, in the order that is wanted; only what is wanted of it need be in order. */
export function orderOf(call: Call, options: SortOptions, elements: Elements): Uint32Array {
  const { texts } = elements;
  if (options.unsorted) return Uint32Array.from({ length: texts.count }, (_, at) => at);
  if (options.alpha) return options.by === null ? byText(options, texts) : byWeight(call, options, elements);
  const numbers = numbersOf(call, options.by, texts);
  const compare: Comparison = (a, b) => texts.compare(a, b);
  return options.descending ? descending(numbers, compare) : orderByKey(numbers, compare);
}

function byText(options: SortOptions, texts: Texts): Uint32Array {
  const keys = texts.prefixes();
  const compare = textOrder(texts, options.storeAt > 0);
  return options.descending ? descending(keys, compare) : orderByKey(keys, compare);
}

/** By the texts that the pattern of BY finds. */
function byWeight(call: Call, options: SortOptions, elements: Elements): Uint32Array {
  const { texts, start, end } = elements;
  const weights = new Texts(texts.count);
  const present = new Uint8Array(texts.count);
  const value = new Text();
  for (let at = 0; at < texts.count; at++) {
    if (options.by!.find(call, texts.slice(at), value)) present[at] = 1;
    else value.set(value.bytes, 0, 0);
    weights.add(value);
  }
  const keys = weights.prefixes();
  for (let at = 0; at < keys.length; at++) if (present[at] === 0) keys[at] = ABSENT;
  let compare = textOrder(weights, options.storeAt > 0);
  if (elements.shuffled && options.storeAt > 0) {
    // Where weights are equal it would show in which order the elements came.
    const among = compare;
    compare = (a, b) => among(a, b) || texts.compare(a, b);
  }
  if (end - start === texts.count) {
    return options.descending ? descending(keys, compare) : orderByKey(keys, compare);
  }
  const order = Uint32Array.from({ length: texts.count }, (_, at) => at);
  const sign = options.descending ? -1 : 1;
  partialSort(order, (a, b) => sign * (keys[a]! - keys[b]! || compare(a, b)), start, end);
  return order;
}

function descending(keys: Float64Array, compare: Comparison): Uint32Array {
  for (let at = 0; at < keys.length; at++) keys[at] = -keys[at]!;
  return orderByKey(keys, (a, b) => -compare(a, b));
}

/** What is stored is ordered by all bytes. What is only shown by C's strcoll, for which a zero byte ends a text. */
function textOrder(texts: Texts, whole: boolean): Comparison {
  if (whole) return (a, b) => texts.compare(a, b);
  const ends = texts.endsAtZero();
  if (ends === null) return (a, b) => texts.compare(a, b);
  const { bytes } = texts;
  return (a, b) => compareBytes(bytes, texts.start(a), ends[a]!, bytes, texts.start(b), ends[b]!);
}
