/** SPOP. */

import { integer, key, optional } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { NOTIFY_GENERIC, NOTIFY_SET } from "../../keyspace/events.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { chooseDistinct } from "../../types/sample.js";
import { Text } from "../../types/text.js";
import { choicesOf, removeIfEmpty, writeSet } from "./access.js";

const SREM = Buffer.from("SREM");
/** So many members go into one SREM of the log. */
const BATCH = 1024;

export const spop = command({
  name: "spop",
  group: "set",
  since: "1.0.0",
  summary: "Removes members of a set at random and returns them",
  complexity: "O(N), N being the number of members that are asked for",
  flags: ["write", "fast"],
  args: [key("key", ["RW", "access", "delete"]), optional(integer("count", { since: "3.2.0" }))],
  tips: ["nondeterministic_output"],
  history: [["3.2.0", "Added the argument `count`."]],
  run(call) {
    if (call.argc > 3) throw syntaxError();
    if (call.argc === 2) popOne(call);
    else popSome(call);
  },
});

function popOne(call: Call): void {
  const { database, engine, reply } = call;
  const { sets } = engine.keyspace;
  const key = call.key(1);
  const found = writeSet(call, key);
  if (found === 0) {
    reply.nil();
    return;
  }
  const member = sets.shown;
  const handle = sets.randomHandle(found, engine.platform.chance);
  sets.load(found, handle, member);
  const { bytes, start, end } = member;
  reply.bulk(bytes, start, end);
  const unit = call.propagateWords(3);
  unit.word(SREM);
  unit.word(key.bytes, key.start, key.end);
  unit.word(bytes, start, end);
  const held = database.hold(key, found);
  sets.removeHandle(held, handle, member);
  database.changed(key, NOTIFY_SET, "spop");
  removeIfEmpty(call, key, held);
}

function popSome(call: Call): void {
  const error = (): Error => fail("value is out of range, must be positive");
  const count = call.long(2, error);
  if (count < 0) throw error();
  const key = call.key(1);
  const ref = writeSet(call, key);
  if (ref === 0 || count === 0) call.reply.set(0);
  else if (count >= call.engine.keyspace.sets.size(ref)) popAll(call, key, ref);
  else popChosen(call, key, ref, count);
}

/** The whole set: the key goes. */
function popAll(call: Call, key: Key, ref: Ref): void {
  const { database, engine, reply } = call;
  const { sets } = engine.keyspace;
  const size = sets.size(ref);
  reply.set(size);
  sets.replyAll(ref, reply);
  database.remove(key, ref);
  engine.keyspace.dirty += size - 1;
  database.changed(key, NOTIFY_SET, "spop");
  database.notify(key, NOTIFY_GENERIC, "del");
  call.propagate(engine.config.values["lazyfree-lazy-server-del"] ? "UNLINK" : "DEL", call.view(1));
}

function popChosen(call: Call, key: Key, ref: Ref, count: number): void {
  const { database, engine, reply } = call;
  const { sets } = engine.keyspace;
  // All are copied before the first is removed: a removal moves what follows it.
  const members = copyChosen(call, ref, count);
  reply.set(count);
  for (let from = 0; from < count; from += BATCH) {
    call.propagate(SREM, call.view(1), ...members.slice(from, from + BATCH));
  }
  const held = database.hold(key, ref);
  for (const bytes of members) {
    reply.bulk(bytes);
    sets.remove(held, { bytes, start: 0, end: bytes.length });
  }
  engine.keyspace.dirty += count - 1;
  database.changed(key, NOTIFY_SET, "spop");
}

function copyChosen(call: Call, ref: Ref, count: number): Buffer[] {
  const { sets } = call.engine.keyspace;
  const member = new Text();
  return chooseDistinct(choicesOf(call, ref), count, call.engine.platform.chance).map((handle) => {
    sets.load(ref, handle, member);
    return member.copy();
  });
}
