/** Elements in replies. */

import type { Call } from "../../engine/call.js";
import type { Reply } from "../../resp/reply.js";
import type { Element, Visitor } from "../../types/zset.js";

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
  return (element) => replyWithScore(reply, element, pairs);
}

/** An element's member and score, as two replies or as a pair. */
export function replyWithScore(reply: Reply, { bytes, start, end, score }: Element, asPair: boolean): void {
  if (asPair) reply.array(2);
  reply.bulk(bytes, start, end);
  reply.double(score);
}
