/** DEBUG HTSTATS: the hash tables of a database. */

import type { Call } from "../../../engine/call.js";
import { fail } from "../../../engine/errors.js";
import type { DictReader } from "../../../memory/dict.js";

/** Segments are counted by how full they are, in so many classes. */
const CLASSES = 10;

export function tables(call: Call): void {
  const database = call.engine.keyspace.databases[call.integer(2)];
  if (database === undefined) throw fail("Out of range database");
  const sections = [
    ["[Dictionary HT]", ...describe(database.dict)],
    ["[Expires HT]", ...describe(database.expires)],
  ];
  call.reply.verbatim(`${sections.flat().join("\n")}\n`);
}

/** What there is to tell of a hash table, in lines. */
export function describe(dict: DictReader): string[] {
  if (dict.count === 0) return ["No stats available for empty dictionaries"];
  const slots = dict.segments * dict.slotsPerSegment;
  const classes = new Array<number>(CLASSES).fill(0);
  dict.forEachSegment((segment) => {
    let entries = 0;
    dict.visitSegment(segment, () => entries++);
    classes[Math.min(CLASSES - 1, Math.floor((entries * CLASSES) / dict.slotsPerSegment))]!++;
  });
  return [
    ` table size: ${slots}`,
    ` number of elements: ${dict.count}`,
    ` segments: ${dict.segments}`,
    ` bytes: ${dict.tableBytes}`,
    ` average fill: ${((100 * dict.count) / slots).toFixed(2)}%`,
    " Segments by how full they are:",
    ...classes.map((count, at) => `   ${at * CLASSES}%: ${count}`),
  ];
}
