/** TTL, PTTL, EXPIRETIME and PEXPIRETIME. */

import { key } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Declaration } from "../../engine/command.js";
import { NEVER } from "../../memory/entry.js";

const NO_KEY = -2;
const NO_EXPIRY = -1;

/** How one of the commands tells the time. */
interface Form {
  /** Milliseconds of its unit. */
  readonly unit: 1 | 1000;
  /** Whether it counts from now. */
  readonly relative: boolean;
}

function expiryReader(name: string, since: string, summary: string, form: Form): Declaration {
  return command({
    name,
    group: "generic",
    since,
    summary,
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", ["RO", "access"])],
    ...(form.relative ? RELATIVE : {}),
    run: (call) => tellExpiry(call, form),
  });
}

const RELATIVE: Pick<Declaration, "tips" | "history"> = {
  tips: ["nondeterministic_output"],
  history: [["2.8.0", "Replies -2 when there is no such key."]],
};

export const ttl = expiryReader("ttl", "1.0.0", "Tells after how many seconds a key will go", {
  unit: 1000,
  relative: true,
});

export const pttl = expiryReader("pttl", "2.6.0", "Tells after how many milliseconds a key will go", {
  unit: 1,
  relative: true,
});

export const expireTime = expiryReader(
  "expiretime",
  "7.0.0",
  "Tells when a key will go, in seconds since 1970",
  { unit: 1000, relative: false },
);

export const pexpireTime = expiryReader(
  "pexpiretime",
  "7.0.0",
  "Tells when a key will go, in milliseconds since 1970",
  { unit: 1, relative: false },
);

function tellExpiry(call: Call, { unit, relative }: Form): void {
  const { keyspace } = call.engine;
  const ref = call.database.inspect(call.key(1));
  const expiry = ref === 0 ? NEVER : keyspace.entries.expiry(ref);
  if (expiry === NEVER) {
    call.reply.integer(ref === 0 ? NO_KEY : NO_EXPIRY);
    return;
  }
  const ms = relative ? Math.max(0, expiry - keyspace.now) : expiry;
  call.reply.integer(unit === 1 ? ms : Math.floor((ms + 500) / 1000));
}
