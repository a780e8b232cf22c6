/** What HSCAN, SSCAN and ZSCAN have in common: the cursor of SCAN inside of one key. */

import { integer, key, optional, pattern } from "../engine/argument.js";
import type { Call } from "../engine/call.js";
import type { Flag } from "../engine/command.js";
import { syntaxError } from "../engine/errors.js";
import type { Ref } from "../memory/memory.js";
import { globMatch } from "../util/glob.js";
import type { Slice } from "../util/slice.js";
import { COUNT_DEFAULT, CURSOR_END, readCount, readCursor, readPattern } from "./generic/scan.js";

const NOTHING_LEFT = 0;
const FLAGS: readonly Flag[] = ["readonly"];

/** What their declarations share. */
export const COLLECTION_SCAN = {
  since: "2.8.0",
  flags: FLAGS,
  args: [
    key("key", ["RO", "access"]),
    integer("cursor"),
    optional(pattern("pattern", { token: "MATCH" })),
    optional(integer("count", { token: "COUNT" })),
  ],
  tips: ["nondeterministic_output"],
};

/** Goes through an element's collection from a cursor on and returns the next cursor. */
export type Walk = (ref: Ref, cursor: number, count: number, visit: (...texts: Slice[]) => void) => number;

/** Replies with a cursor and the elements of which the first text matches, each with all of its texts. */
export function scanCollection(call: Call, type: number, walk: Walk): void {
  const cursor = readCursor(call, 2);
  const ref = call.checkType(call.database.read(call.key(1)), type);
  if (ref === 0) {
    replyPart(call, () => NOTHING_LEFT);
    return;
  }
  const { pattern, count } = readOptions(call);
  replyPart(call, (visit) => {
    // A cursor that is none of ours lies behind the last element.
    const from = Math.min(cursor, CURSOR_END);
    const wanted = (...texts: Slice[]): void => {
      const { bytes, start, end } = texts[0]!;
      if (pattern === null || globMatch(pattern, bytes, start, end)) visit(texts);
    };
    return walk(ref, from, count, wanted);
  });
}

function readOptions(call: Call): { pattern: Buffer | null; count: number } {
  let pattern: Buffer | null = null;
  let count = COUNT_DEFAULT;
  for (let at = 3; at < call.argc; at += 2) {
    const last = at + 1 === call.argc;
    if (!last && call.is(at, "count")) count = readCount(call, at + 1);
    else if (!last && call.is(at, "match")) pattern = readPattern(call, at + 1);
    else throw syntaxError();
  }
  return { pattern, count };
}

/** The cursor stands before the elements, but is known only after them. */
function replyPart(call: Call, walk: (visit: (texts: readonly Slice[]) => void) => number): void {
  const { reply } = call;
  let count = 0;
  const write = (): number =>
    walk((texts) => {
      for (const { bytes, start, end } of texts) reply.bulk(bytes, start, end);
      count += texts.length;
    });
  reply.headed(write, (next) => {
    reply.array(2);
    reply.bulkInteger(next);
    reply.array(count);
  });
}
