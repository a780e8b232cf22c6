/** SINTERCARD. */

import { integer, key, multiple, optional } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { intersection, readSets } from "./algebra.js";

const FIRST_KEY = 2;

export const sintercard = command({
  name: "sintercard",
  group: "set",
  since: "7.0.0",
  summary: "Counts what is in all of the sets",
  complexity: "O(N*M), N being the size of the smallest set and M the number of sets",
  flags: ["readonly"],
  args: [
    integer("numkeys", { countsKeys: true }),
    multiple(key("key", ["RO", "access"])),
    optional(integer("limit", { token: "LIMIT" })),
  ],
  run(call) {
    const end = FIRST_KEY + readKeyCount(call);
    const limit = readLimit(call, end);
    const refs = readSets(call, FIRST_KEY, end);
    let count = 0;
    intersection(call, refs, () => ++count !== limit);
    call.reply.integer(count);
  },
});

function readKeyCount(call: Call): number {
  const error = (): Error => fail("numkeys should be greater than 0");
  const count = call.long(1, error);
  if (count < 1) throw error();
  if (count > call.argc - FIRST_KEY) throw fail("Number of keys can't be greater than number of args");
  return count;
}

/** 0 is no limit. */
function readLimit(call: Call, from: number): number {
  const error = (): Error => fail("LIMIT can't be negative");
  let limit = 0;
  for (let at = from; at < call.argc; at += 2) {
    if (at + 1 === call.argc || !call.is(at, "limit")) throw syntaxError();
    limit = call.long(at + 1, error);
    if (limit < 0) throw error();
  }
  return limit;
}
