/** RENAME and RENAMENX. */

import { key } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { noSuchKey } from "../../engine/errors.js";
import { NOTIFY_GENERIC } from "../../keyspace/events.js";
import { equalBytes } from "../../util/ascii.js";

export const rename = command({
  name: "rename",
  group: "generic",
  since: "1.0.0",
  summary: "Gives a key another name; what had that name before is gone",
  complexity: "O(1), plus the freeing of what had the new name",
  flags: ["write"],
  args: [key("key", ["RW", "access", "delete"]), key("newkey", ["OW", "update"])],
  run: (call) => {
    move(call, false);
    call.reply.ok();
  },
});

export const renameNx = command({
  name: "renamenx",
  group: "generic",
  since: "1.0.0",
  summary: "Gives a key another name, unless there is a key of that name",
  complexity: "O(1)",
  flags: ["write", "fast"],
  args: [key("key", ["RW", "access", "delete"]), key("newkey", ["OW", "insert"])],
  history: [["3.2.0", "Equal names are no error any more."]],
  run: (call) => call.reply.integer(move(call, true) ? 1 : 0),
});

/** Whether the key has another name now. */
function move(call: Call, onlyToNew: boolean): boolean {
  const { database } = call;
  const from = call.key(1);
  const to = call.key(2);
  const ref = database.write(from);
  if (ref === 0) throw noSuchKey();
  if (equalBytes(from.bytes, from.start, from.end, to.bytes, to.start, to.end)) return false;
  if (database.write(to) !== 0 && onlyToNew) return false;
  database.rename(from, ref, database, to);
  database.changed(from, NOTIFY_GENERIC, "rename_from");
  database.affected(to, NOTIFY_GENERIC, "rename_to");
  return true;
}
