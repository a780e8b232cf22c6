/** Elements in replies. */

import type { Call } from "../../engine/call.js";
import type { Element } from "../../types/zset.js";

/** The head of a reply with so many elements: flat in RESP2, in RESP3 a pair for each if it has scores. */
export function replyElements(call: Call, count: number, withScores: boolean): void {
  call.reply.array(withScores && call.reply.version === 2 ? count * 2 : count);
}

export function replyElement(call: Call, element: Element, withScores: boolean): void {
  if (withScores && call.reply.version === 3) call.reply.array(2);
  call.reply.bulk(element.bytes, element.start, element.end);
  if (withScores) call.reply.double(element.score);
}
