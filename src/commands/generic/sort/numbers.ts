/** The numbers that SORT compares, read as C's strtod reads them. */

import type { Call } from "../../../engine/call.js";
import { fail } from "../../../engine/errors.js";
import { Text } from "../../../types/text.js";
import { parseDouble } from "../../../util/float.js";
import type { Slice } from "../../../util/slice.js";
import type { Pattern } from "./pattern.js";
import type { Texts } from "./texts.js";

/** Below this a double has lost digits, which strtod reports as an error of range. */
const SMALLEST_NORMAL = 2 ** -1022;
/** What isspace holds for white space. */
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]);

/** The number of each element, or of what the pattern finds for it; 0 where it finds nothing. */
export function numbersOf(call: Call, by: Pattern | null, texts: Texts): Float64Array {
  const numbers = new Float64Array(texts.count);
  const value = new Text();
  let valid = true;
  for (let at = 0; at < numbers.length; at++) {
    const element = texts.slice(at);
    if (by !== null && !by.find(call, element, value)) continue;
    const number = readNumber(by === null ? element : value);
    numbers[at] = number;
    valid &&= !Number.isNaN(number);
  }
  if (!valid) throw fail("One or more scores can't be converted into double");
  return numbers;
}

/** NaN for what is no number. Unlike elsewhere, spaces may stand before it, no text is 0, and a zero byte ends it. */
function readNumber({ bytes, start, end }: Slice): number {
  let number = parseDouble(bytes, start, end);
  if (Number.isNaN(number)) {
    const zero = bytes.subarray(start, end).indexOf(0);
    const stop = zero < 0 ? end : start + zero;
    if (stop === start) return 0;
    let from = start;
    while (from < stop && SPACES.has(bytes[from]!)) from++;
    number = parseDouble(bytes, from, stop);
  }
  return number !== 0 && Math.abs(number) < SMALLEST_NORMAL ? Number.NaN : number;
}
