/** Elements in replies. */

import type { Call } from "../../engine/call.js";
import type { Visitor } from "../../types/zset.js";

/** The head of a reply with so many elements: flat in RESP2, in RESP3 a pair for each if it has scores. */
export function replyElements(call: Call, count: number, withScores: boolean): void {
  call.reply.array(withScores && call.reply.version === 2 ? count * 2 : count);
}

/** What replies with each element that it is shown: its member, or with the score, as two replies or as a pair. */
export function elementReplier(
  { reply }: Call,
  withScores: boolean,
  pairs: boolean = reply.version === 3,
): Visitor {
  if (!withScores) return ({ bytes, start, end }) => reply.bulk(bytes, start, end);
  return ({ bytes, start, end, score }) => {
    if (pairs) reply.array(2);
    reply.bulk(bytes, start, end);
    reply.double(score);
  };
}
