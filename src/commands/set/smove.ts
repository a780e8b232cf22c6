/** SMOVE. */

import { key, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { NOTIFY_SET } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import { SET } from "../../types/type.js";
import { removeIfEmpty, writeSet } from "./access.js";

export const smove = command({
  name: "smove",
  group: "set",
  since: "1.0.0",
  summary: "Moves a member from one set to another",
  complexity: "O(1)",
  flags: ["write", "fast"],
  args: [key("source", ["RW", "access", "delete"]), key("destination", ["RW", "insert"]), string("member")],
  run: (call) => call.reply.integer(move(call) ? 1 : 0),
});

function move(call: Call): boolean {
  const { database, engine } = call;
  const { sets } = engine.keyspace;
  const source = call.key(1);
  const destination = call.key(2);
  const from = database.write(source);
  const to = database.write(destination);
  // Without a source nobody looks at the type of the destination.
  if (from === 0) return false;
  call.checkType(from, SET);
  call.checkType(to, SET);
  if (from === to) return sets.has(from, call.slice(3));
  const held = database.hold(source, from);
  if (!sets.remove(held, call.slice(3))) return false;
  database.changed(source, NOTIFY_SET, "srem");
  removeIfEmpty(call, source, held);
  add(call, destination);
  return true;
}

function add(call: Call, key: Key): void {
  const { database, engine } = call;
  const { access, sets } = engine.keyspace;
  const { values } = engine.config;
  const found = writeSet(call, key);
  const member = call.slice(3);
  const traits = { access: access.initial(), expiry: NEVER };
  const ref = found === 0 ? sets.createFor(key, traits, member, 1, values) : found;
  if (found === 0) database.put(key, 0, ref);
  if (sets.add(database.hold(key, ref), member, values)) database.changed(key, NOTIFY_SET, "sadd");
}
