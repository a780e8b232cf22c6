/** MOVE and COPY: a key in another database, or under another name. */

import { integer, key, optional, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import type { Database } from "../../keyspace/database.js";
import { NOTIFY_GENERIC } from "../../keyspace/events.js";
import { equalBytes } from "../../util/ascii.js";

const INT32_MIN = -2147483648n;
const INT32_MAX = 2147483647n;
const sameObject = (): Error => fail("source and destination objects are the same");

export const move = command({
  name: "move",
  group: "generic",
  since: "1.0.0",
  summary: "Moves a key to another database, unless there is a key of that name",
  complexity: "O(1)",
  flags: ["write", "fast"],
  args: [key("key", ["RW", "access", "update"]), integer("db")],
  run(call) {
    const { database } = call;
    const target = readDatabase(call, 2);
    if (target === database) throw sameObject();
    const key = call.key(1);
    const ref = database.write(key);
    if (ref === 0 || target.write(key) !== 0) {
      call.reply.integer(0);
      return;
    }
    database.rename(key, ref, target, key);
    database.changed(key, NOTIFY_GENERIC, "move_from");
    target.affected(key, NOTIFY_GENERIC, "move_to");
    call.reply.integer(1);
  },
});

export const copy = command({
  name: "copy",
  group: "generic",
  since: "6.2.0",
  summary: "Copies the value of a key to another key, with its expiry",
  complexity: "O(N) for a collection of N elements, O(1) for a string",
  flags: ["write", "denyoom"],
  args: [
    key("source", ["RO", "access"]),
    key("destination", ["OW", "update"]),
    optional(integer("destination-db", { token: "DB" })),
    optional(token("replace", "REPLACE")),
  ],
  run(call) {
    const { target, replace } = readCopyOptions(call);
    const { database } = call;
    const from = call.key(1);
    const to = call.key(2);
    const sameName = equalBytes(from.bytes, from.start, from.end, to.bytes, to.start, to.end);
    if (sameName && target === database) throw sameObject();
    const ref = database.read(from);
    if (ref === 0 || (target.write(to) !== 0 && !replace)) {
      call.reply.integer(0);
      return;
    }
    database.copy(ref, target, to);
    target.changed(to, NOTIFY_GENERIC, "copy_to");
    call.reply.integer(1);
  },
});

function readCopyOptions(call: Call): { target: Database; replace: boolean } {
  let target = call.database;
  let replace = false;
  for (let at = 3; at < call.argc; at++) {
    if (call.is(at, "replace")) replace = true;
    else if (call.is(at, "db") && at + 1 < call.argc) target = readDatabase(call, ++at);
    else throw syntaxError();
  }
  return { target, replace };
}

function readDatabase(call: Call, at: number): Database {
  const index = call.integer64(at);
  if (index < INT32_MIN || index > INT32_MAX) {
    throw fail(`value is out of range, value must between ${INT32_MIN} and ${INT32_MAX}`);
  }
  const database = call.engine.keyspace.databases[Number(index)];
  if (database === undefined) throw fail("DB index is out of range");
  return database;
}
