/** APPEND and SETRANGE: strings that change in place. */

import { integer, key, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import { NOTIFY_STRING } from "../../keyspace/events.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { copy } from "../../util/copy.js";
import { checkLength } from "./length-limit.js";

export const append = command({
  name: "append",
  group: "string",
  since: "2.0.0",
  summary: "Adds bytes to the end of a string, which is made if there is none",
  complexity: "O(N), N being the length of what is added",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "insert"]), string("value")],
  run(call) {
    const { database, request } = call;
    const key = call.key(1);
    const ref = call.writeString(key);
    const old = ref === 0 ? 0 : call.engine.keyspace.entries.valueLength(ref);
    const length = old + call.length(2);
    if (ref === 0) {
      database.setString(key, request.bytes, request.starts[2]!, request.ends[2]!);
    } else {
      checkLength(call, length);
      put(call, key, ref, old, length, 2);
    }
    database.changed(key, NOTIFY_STRING, "append");
    call.reply.integer(length);
  },
});

export const setrange = command({
  name: "setrange",
  group: "string",
  since: "2.2.0",
  summary: "Overwrites a string from an offset on; what lies between its old end and the offset becomes zero",
  complexity: "O(N), N being the length of the new part",
  flags: ["write", "denyoom"],
  args: [key("key", ["RW", "update"]), integer("offset"), string("value")],
  run(call) {
    const offset = call.long(2);
    if (offset < 0) throw fail("offset is out of range");
    const key = call.key(1);
    const ref = call.writeString(key);
    const old = ref === 0 ? 0 : call.engine.keyspace.entries.valueLength(ref);
    if (call.length(3) === 0) {
      call.reply.integer(old);
      return;
    }
    const end = offset + call.length(3);
    checkLength(call, end);
    const length = Math.max(old, end);
    put(call, key, ref, offset, length, 3);
    call.database.changed(key, NOTIFY_STRING, "setrange");
    call.reply.integer(length);
  },
});

/** Writes the argument at `valueAt` into the string at an offset, after giving it its length. */
function put(call: Call, key: Key, ref: Ref, offset: number, length: number, valueAt: number): void {
  const { request, engine } = call;
  const { entries } = engine.keyspace;
  const own = call.database.resizeString(key, ref, length);
  const target = entries.valueStart(own) + offset;
  copy(request.bytes, request.starts[valueAt]!, request.ends[valueAt]!, entries.valueBytes(own), target);
}
