/** The bounds of ranges: scores such as `1.5`, `(1.5` and `-inf`, members such as `[a`, `(a`, `-` and `+`. */

import type { Call } from "../../engine/call.js";
import { fail } from "../../engine/errors.js";
import { latin1 } from "../../util/ascii.js";
import { parseDouble } from "../../util/float.js";
import { parseNumeral } from "../../util/numeral.js";

const OPEN = 0x28;
const CLOSED = 0x5b;
const PLUS = 0x2b;
const MINUS = 0x2d;

export interface ScoreBound {
  readonly score: number;
  readonly exclusive: boolean;
}

export type MemberBound =
  /** Below or above every member. */
  | { readonly kind: "lowest" | "highest" }
  | { readonly kind: "member"; readonly bytes: Uint8Array; readonly exclusive: boolean };

/** The argument as the bound of a range of scores. */
export function scoreBound(call: Call, at: number): ScoreBound {
  const { bytes, start, end } = call.slice(at);
  const exclusive = start < end && bytes[start] === OPEN;
  const score = boundScore(bytes, exclusive ? start + 1 : start, end);
  if (Number.isNaN(score)) throw fail("min or max is not a float");
  return { score, exclusive };
}

/** As strtod reads it: nothing is 0, blanks may go before, a NUL is the end, and what is too large is infinite. */
function boundScore(bytes: Uint8Array, start: number, end: number): number {
  const exact = parseDouble(bytes, start, end);
  if (!Number.isNaN(exact)) return exact;
  const [text = ""] = latin1(bytes, start, end).split("\0");
  if (text === "") return 0;
  const trimmed = text.replace(/^[ \t-\r]+/, "");
  const numeral = parseNumeral(trimmed);
  if (numeral === null) return Number.NaN;
  return typeof numeral === "number" ? numeral * Number.POSITIVE_INFINITY : Number(trimmed);
}

/** The argument as the bound of a range of members. */
export function memberBound(call: Call, at: number): MemberBound {
  const view = call.view(at);
  const first = view[0];
  if (view.length === 1 && first === MINUS) return { kind: "lowest" };
  if (view.length === 1 && first === PLUS) return { kind: "highest" };
  if (first !== OPEN && first !== CLOSED) throw fail("min or max not valid string range item");
  return { kind: "member", bytes: view.subarray(1), exclusive: first === OPEN };
}
