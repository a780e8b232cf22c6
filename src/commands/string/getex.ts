/** GETEX. */

import { integer, key, oneOf, optional, token, unixTime } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { NOTIFY_GENERIC } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { PERSIST, readExpiry, readOptions, TIMES, timeAt } from "./expiry.js";

const PEXPIREAT = Buffer.from("PEXPIREAT");
const PERSIST_WORD = Buffer.from("PERSIST");
const DEL = Buffer.from("DEL");
const UNLINK = Buffer.from("UNLINK");

export const getex = command({
  name: "getex",
  group: "string",
  since: "6.2.0",
  summary: "Returns the string at a key and gives the key another expiry, or takes it away",
  complexity: "O(1)",
  flags: ["write", "fast"],
  args: [
    key("key", ["RW", "access", "update"]),
    optional(
      oneOf("expiration", [
        integer("seconds", { token: "EX" }),
        integer("milliseconds", { token: "PX" }),
        unixTime("unix-time-seconds", { token: "EXAT" }),
        unixTime("unix-time-milliseconds", { token: "PXAT" }),
        token("persist", "PERSIST"),
      ]),
    ),
  ],
  keySpecs: [
    {
      flags: ["RW", "access", "update"],
      notes: "The expiry is what is updated",
      begin: { type: "index", index: 1 },
      find: { type: "range", lastKey: 0, step: 1, limit: 0 },
    },
  ],
  run(call) {
    const options = readOptions(call, 2, TIMES | PERSIST);
    const key = call.key(1);
    const ref = call.readString(key);
    if (ref === 0) {
      call.reply.nil();
      return;
    }
    const expiry = options & TIMES ? readExpiry(call, options & TIMES, timeAt(options)) : NEVER;
    call.replyValue(ref);
    if (options & PERSIST) persist(call, key, ref);
    else if (expiry !== NEVER) expire(call, key, ref, expiry);
  },
});

function expire(call: Call, key: Key, ref: Ref, expiry: number): void {
  const { keyspace, config } = call.engine;
  if (expiry <= keyspace.now && keyspace.removesOverdue) {
    call.database.remove(key, ref);
    call.database.changed(key, NOTIFY_GENERIC, "del");
    propagate(call, config.values["lazyfree-lazy-expire"] ? UNLINK : DEL, key, NEVER);
    return;
  }
  call.database.setExpiry(key, ref, expiry);
  call.database.changed(key, NOTIFY_GENERIC, "expire");
  propagate(call, PEXPIREAT, key, expiry);
}

function persist(call: Call, key: Key, ref: Ref): void {
  if (!call.engine.keyspace.entries.hasExpiry(ref)) return;
  call.database.setExpiry(key, ref, NEVER);
  call.database.changed(key, NOTIFY_GENERIC, "persist");
  propagate(call, PERSIST_WORD, key, NEVER);
}

function propagate(call: Call, name: Uint8Array, key: Key, expiry: number): void {
  const unit = call.propagateWords(expiry === NEVER ? 2 : 3);
  unit.word(name);
  unit.word(key.bytes, key.start, key.end);
  if (expiry !== NEVER) unit.integer(expiry);
}
