/** SADD and SREM. */

import { key, multiple, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { NOTIFY_SET } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Held } from "../../memory/held.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { roomFor } from "../room.js";
import { removeIfEmpty, writeSet } from "./access.js";

export const sadd = command({
  name: "sadd",
  group: "set",
  since: "1.0.0",
  summary: "Adds members to a set, which is made if there is none",
  complexity: "O(N), N being the number of members that are given",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "insert"]), multiple(string("member"))],
  history: [["2.4.0", "Takes several `member` arguments."]],
  run(call) {
    const { config, keyspace } = call.engine;
    const key = call.key(1);
    const held = holdSet(call, key, writeSet(call, key), 2);
    let added = 0;
    for (let at = 2; at < call.argc; at++) {
      if (keyspace.sets.add(held, call.slice(at), config.values)) added++;
    }
    if (added > 0) {
      // Each member counts as a change.
      keyspace.dirty += added - 1;
      call.database.changed(key, NOTIFY_SET, "sadd");
    }
    call.reply.integer(added);
  },
});

export const srem = command({
  name: "srem",
  group: "set",
  since: "1.0.0",
  summary: "Removes members from a set, and the key with the last of them",
  complexity: "O(N), N being the number of members that are given",
  flags: ["write", "fast"],
  args: [key("key", ["RW", "delete"]), multiple(string("member"))],
  history: [["2.4.0", "Takes several `member` arguments."]],
  run(call) {
    const { keyspace } = call.engine;
    const key = call.key(1);
    const found = writeSet(call, key);
    let removed = 0;
    if (found !== 0) {
      const held = call.database.hold(key, found);
      for (let at = 2; at < call.argc; at++) if (keyspace.sets.remove(held, call.slice(at))) removed++;
      if (removed > 0) {
        keyspace.dirty += removed - 1;
        call.database.changed(key, NOTIFY_SET, "srem");
        removeIfEmpty(call, key, held);
      }
    }
    call.reply.integer(removed);
  },
});

/** The set ready to take the arguments from `first` on, or a new one at the key. */
function holdSet(call: Call, key: Key, ref: Ref, first: number): Held {
  const { config, keyspace } = call.engine;
  const { access, sets } = keyspace;
  const expected = call.argc - first;
  if (ref !== 0) {
    const held = call.database.hold(key, ref);
    sets.expect(held, expected, config.values);
    return held;
  }
  const traits = { access: access.initial(), expiry: NEVER };
  const room = roomFor(call, first);
  const made = sets.createFor(key, traits, call.slice(first), expected, config.values, room);
  call.database.put(key, 0, made);
  return call.database.hold(key, made);
}
