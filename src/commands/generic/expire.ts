/** EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT and PERSIST. */

import { type Argument, integer, key, oneOf, optional, token, unixTime } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Declaration } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import { NOTIFY_GENERIC } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { INT64_MAX, INT64_MIN } from "../../util/integer.js";

const PEXPIREAT = Buffer.from("PEXPIREAT");
const DEL = Buffer.from("DEL");
const UNLINK = Buffer.from("UNLINK");

// Conditions, as bits.
const NX = 1;
const XX = 2;
const GT = 4;
const LT = 8;

/** How one of the commands gives the time. */
interface Time {
  /** Milliseconds of its unit. */
  readonly unit: 1 | 1000;
  /** Whether it counts from now. */
  readonly relative: boolean;
}

const condition = optional(
  oneOf("condition", [token("nx", "NX"), token("xx", "XX"), token("gt", "GT"), token("lt", "LT")], {
    since: "7.0.0",
  }),
);

function expiryCommand(
  name: string,
  since: string,
  summary: string,
  argument: Argument,
  time: Time,
): Declaration {
  return command({
    name,
    group: "generic",
    since,
    summary,
    complexity: "O(1)",
    flags: ["write", "fast"],
    args: [key("key", ["RW", "update"]), argument, condition],
    history: [["7.0.0", "Added the options `NX`, `XX`, `GT` and `LT`."]],
    run: (call) => setExpiry(call, time),
  });
}

export const expire = expiryCommand(
  "expire",
  "1.0.0",
  "Lets a key go after so many seconds",
  integer("seconds"),
  { unit: 1000, relative: true },
);

export const pexpire = expiryCommand(
  "pexpire",
  "2.6.0",
  "Lets a key go after so many milliseconds",
  integer("milliseconds"),
  { unit: 1, relative: true },
);

export const expireAt = expiryCommand(
  "expireat",
  "1.2.0",
  "Lets a key go at a time given in seconds since 1970",
  unixTime("unix-time-seconds"),
  { unit: 1000, relative: false },
);

export const pexpireAt = expiryCommand(
  "pexpireat",
  "2.6.0",
  "Lets a key go at a time given in milliseconds since 1970",
  unixTime("unix-time-milliseconds"),
  { unit: 1, relative: false },
);

export const persist = command({
  name: "persist",
  group: "generic",
  since: "2.2.0",
  summary: "Takes the expiry of a key away",
  complexity: "O(1)",
  flags: ["write", "fast"],
  args: [key("key", ["RW", "update"])],
  run(call) {
    const { database } = call;
    const key = call.key(1);
    const ref = database.write(key);
    const expires = ref !== 0 && call.engine.keyspace.entries.hasExpiry(ref);
    if (expires) {
      database.setExpiry(key, ref, NEVER);
      database.changed(key, NOTIFY_GENERIC, "persist");
    }
    call.reply.integer(expires ? 1 : 0);
  },
});

function setExpiry(call: Call, time: Time): void {
  const conditions = call.argc > 3 ? readConditions(call) : 0;
  const when = readTime(call, time);
  const { database, engine } = call;
  const key = call.key(1);
  const ref = database.write(key);
  if (ref === 0 || !allows(conditions, engine.keyspace.entries.expiry(ref), when)) {
    call.reply.integer(0);
    return;
  }
  if (when <= engine.keyspace.now && engine.keyspace.removesOverdue) removeNow(call, key, ref);
  else expireLater(call, key, ref, when, time);
  call.reply.integer(1);
}

/** Milliseconds since 1970; what lies beyond the safe integers comes as the nearest of them. */
function readTime(call: Call, { unit, relative }: Time): number {
  const base = relative ? call.engine.keyspace.now : 0;
  const when = call.maybeInteger(2) * unit + base;
  return Number.isSafeInteger(when) ? when : readFarTime(call, BigInt(unit), BigInt(base));
}

function readFarTime(call: Call, unit: bigint, base: bigint): number {
  const when = call.integer64(2) * unit;
  if (when < INT64_MIN || when > INT64_MAX || when + base > INT64_MAX) {
    throw fail(`invalid expire time in '${call.command.fullName}' command`);
  }
  return Math.min(Math.max(Number(when + base), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

function readConditions(call: Call): number {
  let bits = 0;
  for (let at = 3; at < call.argc; at++) {
    if (call.is(at, "nx")) bits |= NX;
    else if (call.is(at, "xx")) bits |= XX;
    else if (call.is(at, "gt")) bits |= GT;
    else if (call.is(at, "lt")) bits |= LT;
    else throw fail(`Unsupported option ${call.shown(at)}`);
  }
  if (bits & NX && bits & (XX | GT | LT)) {
    throw fail("NX and XX, GT or LT options at the same time are not compatible");
  }
  if (bits & GT && bits & LT) throw fail("GT and LT options at the same time are not compatible");
  return bits;
}

/** A key without an expiry counts as one that goes after all others. */
function allows(conditions: number, current: number, when: number): boolean {
  if (conditions === 0) return true;
  if (conditions & NX && current !== NEVER) return false;
  if (conditions & XX && current === NEVER) return false;
  if (conditions & GT && (current === NEVER || when <= current)) return false;
  return !(conditions & LT && current !== NEVER && when >= current);
}

function removeNow(call: Call, key: Key, ref: Ref): void {
  call.database.remove(key, ref);
  call.database.changed(key, NOTIFY_GENERIC, "del");
  const unit = call.propagateWords(2);
  unit.word(call.engine.config.values["lazyfree-lazy-expire"] ? UNLINK : DEL);
  unit.word(key.bytes, key.start, key.end);
}

function expireLater(call: Call, key: Key, ref: Ref, when: number, time: Time): void {
  call.database.setExpiry(key, ref, Math.max(when, 0));
  call.database.changed(key, NOTIFY_GENERIC, "expire");
  if (!time.relative && time.unit === 1) return;
  const { bytes, starts, ends } = call.request;
  const unit = call.propagateWords(call.argc);
  unit.word(PEXPIREAT);
  unit.word(key.bytes, key.start, key.end);
  unit.integer(when);
  for (let at = 3; at < call.argc; at++) unit.word(bytes, starts[at]!, ends[at]!);
}
