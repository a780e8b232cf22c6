/** SET, with all of its options, SETEX and PSETEX. */

import { integer, key, oneOf, optional, string, token, unixTime } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { KEEP_EXPIRY } from "../../keyspace/database.js";
import { NOTIFY_GENERIC, NOTIFY_STRING } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { EX, GET, KEEPTTL, NX, PX, readExpiry, readOptions, TIMES, timeAt, XX } from "./expiry.js";

const SET = Buffer.from("SET");
const AT = Buffer.from("PXAT");

export const set = command({
  name: "set",
  group: "string",
  since: "1.0.0",
  summary: "Sets a key to a string, whatever it held before, and forgets its expiry",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  args: [
    key("key", ["RW", "access", "update", "variable_flags"]),
    string("value"),
    optional(oneOf("condition", [token("nx", "NX"), token("xx", "XX")], { since: "2.6.12" })),
    optional(token("get", "GET", { since: "6.2.0" })),
    optional(
      oneOf("expiration", [
        integer("seconds", { token: "EX", since: "2.6.12" }),
        integer("milliseconds", { token: "PX", since: "2.6.12" }),
        unixTime("unix-time-seconds", { token: "EXAT", since: "6.2.0" }),
        unixTime("unix-time-milliseconds", { token: "PXAT", since: "6.2.0" }),
        token("keepttl", "KEEPTTL", { since: "6.0.0" }),
      ]),
    ),
  ],
  keySpecs: [
    {
      flags: ["RW", "access", "update", "variable_flags"],
      notes: "The old value is read when `GET` is given",
      begin: { type: "index", index: 1 },
      find: { type: "range", lastKey: 0, step: 1, limit: 0 },
    },
  ],
  findKeys: (call) => [{ at: 1, flags: readsOld(call) ? ["RW", "access", "update"] : ["OW", "update"] }],
  history: [
    ["2.6.12", "Takes the options `EX`, `PX`, `NX` and `XX`."],
    ["6.0.0", "Takes the option `KEEPTTL`."],
    ["6.2.0", "Takes the options `GET`, `EXAT` and `PXAT`."],
    ["7.0.0", "`NX` and `GET` can stand together."],
  ],
  run(call) {
    if (call.argc === 3) setPlain(call);
    else setWithOptions(call);
  },
});

/** Whether the old value is asked for. */
function readsOld(call: Call): boolean {
  for (let at = 3; at < call.argc; at++) if (call.is(at, "get")) return true;
  return false;
}

export const setex = command({
  name: "setex",
  group: "string",
  since: "2.0.0",
  summary: "Sets a key to a string that goes after so many seconds",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  args: [key("key", ["OW", "update"]), integer("seconds"), string("value")],
  deprecated: { since: "2.6.12", replacedBy: "`SET` with the `EX` argument" },
  run: (call) => setExpiring(call, EX),
});

export const psetex = command({
  name: "psetex",
  group: "string",
  since: "2.6.0",
  summary: "Sets a key to a string that goes after so many milliseconds",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  args: [key("key", ["OW", "update"]), integer("milliseconds"), string("value")],
  deprecated: { since: "2.6.12", replacedBy: "`SET` with the `PX` argument" },
  run: (call) => setExpiring(call, PX),
});

function setPlain(call: Call): void {
  const key = call.key(1);
  // Not `write`, since what is there is not looked at; but an expired key must be seen to expire first.
  store(call, key, call.database.peek(key), 2, NEVER);
  call.reply.ok();
}

function setExpiring(call: Call, unit: number): void {
  const expiry = readExpiry(call, unit, 2);
  const key = call.key(1);
  store(call, key, call.database.peek(key), 3, expiry);
  call.reply.ok();
}

function setWithOptions(call: Call): void {
  const { database, reply } = call;
  const options = readOptions(call, 3, TIMES | NX | XX | GET | KEEPTTL);
  const expiry = options & TIMES ? readExpiry(call, options & TIMES, timeAt(options)) : NEVER;
  const key = call.key(1);
  const get = (options & GET) !== 0;
  const old = get ? call.readString(key) : database.write(key);
  if (get) {
    if (old === 0) reply.nil();
    else call.replyValue(old);
  }
  if (options & (old === 0 ? XX : NX)) {
    if (!get) reply.nil();
    return;
  }
  store(call, key, old, 2, options & KEEPTTL ? KEEP_EXPIRY : expiry);
  if (get && expiry === NEVER) propagateWithoutGet(call);
  if (!get) reply.ok();
}

/** Sets the key, at which `seen` was found, to the argument at `valueAt`. A new expiry goes into the log as the time it means. */
function store(call: Call, key: Key, seen: Ref, valueAt: number, expiry: number): void {
  const { bytes, starts, ends } = call.request;
  const { database } = call;
  database.setSeenString(key, seen, bytes, starts[valueAt]!, ends[valueAt]!, expiry);
  database.changed(key, NOTIFY_STRING, "set");
  if (expiry < 0) return;
  database.notify(key, NOTIFY_GENERIC, "expire");
  const unit = call.propagateWords(5);
  unit.word(SET);
  unit.word(key.bytes, key.start, key.end);
  unit.word(bytes, starts[valueAt]!, ends[valueAt]!);
  unit.word(AT);
  unit.integer(expiry);
}

/** Nobody reads the reply of a command in the log. */
function propagateWithoutGet(call: Call): void {
  const { bytes, starts, ends } = call.request;
  let words = 0;
  for (let at = 0; at < call.argc; at++) if (at < 3 || !call.is(at, "get")) words++;
  const unit = call.propagateWords(words);
  for (let at = 0; at < call.argc; at++) {
    if (at < 3 || !call.is(at, "get")) unit.word(bytes, starts[at]!, ends[at]!);
  }
}
