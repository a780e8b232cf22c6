/** DUMP and RESTORE: a value as bytes, in the encoding of RDB files. */

import { integer, key, optional, string, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Declaration, type Flag, type Group } from "../../engine/command.js";
import type { Engine } from "../../engine/engine.js";
import { CommandError, fail, syntaxError } from "../../engine/errors.js";
import { valueOptions } from "../../engine/snapshot-reader.js";
import { NOTIFY_GENERIC } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { RdbError, RdbUnsupported } from "../../snapshot/rdb/error.js";
import { isIntact, restoreValue } from "../../snapshot/rdb/payload.js";
import { AUTO } from "../../types/string.js";
import { STRING } from "../../types/type.js";

const FREQUENCY_MAX = 255;
const DEL = Buffer.from("DEL");
const UNLINK = Buffer.from("UNLINK");
const ABSTTL = Buffer.from("ABSTTL");

export const dump = command({
  name: "dump",
  group: "generic",
  since: "2.6.0",
  summary: "Gives a key's value in the encoding of RDB files, for RESTORE",
  complexity: "O(N) for a value of N bytes",
  flags: ["readonly"],
  tips: ["nondeterministic_output"],
  args: [key("key", ["RO", "access"])],
  run(call) {
    const ref = call.database.read(call.key(1));
    if (ref === 0) call.reply.nil();
    else call.reply.bulk(payloadOf(call.engine, ref));
  },
});

/** The payload of an entry's value. */
export function payloadOf({ config, keyspace, serializer }: Engine, ref: Ref): Buffer {
  const { values } = config;
  return serializer.payload(keyspace.entries, ref, {
    version: values["rdb-version"],
    compress: values.rdbcompression,
  });
}

function restoreCommand(name: string, group: Group, since: string, flags: readonly Flag[]): Declaration {
  return command({
    name,
    group,
    since,
    summary: "Creates a key with a value that DUMP gave",
    complexity: "O(N) for a value of N bytes, O(N*log(N)) for a sorted set",
    flags: ["write", "denyoom", ...flags],
    categories: ["dangerous"],
    args: [
      key("key", ["OW", "update"]),
      integer("ttl"),
      string("serialized-value"),
      optional(token("replace", "REPLACE", { since: "3.0.0" })),
      optional(token("absttl", "ABSTTL", { since: "5.0.0" })),
      optional(integer("seconds", { token: "IDLETIME", since: "5.0.0" })),
      optional(integer("frequency", { token: "FREQ", since: "5.0.0" })),
    ],
    history: [
      ["3.0.0", "Added the `REPLACE` modifier."],
      ["5.0.0", "Added the `ABSTTL` modifier."],
      ["5.0.0", "Added the `IDLETIME` and `FREQ` options."],
    ],
    run: runRestore,
  });
}

export const restore = restoreCommand("restore", "generic", "2.6.0", []);
export const restoreAsking = {
  ...restoreCommand("restore-asking", "server", "3.0.0", ["asking"]),
  category: "keyspace",
  internal: true,
};

interface Options {
  replace: boolean;
  absolute: boolean;
  /** Seconds since the last access, -1 if not given. */
  idle: number;
  /** The counter of accesses, -1 if not given. */
  frequency: number;
}

function runRestore(call: Call): void {
  const { database, engine } = call;
  const options = readOptions(call);
  const key = call.key(1);
  // What is replaced is not looked at: whether its time is over makes no difference.
  if (!options.replace && database.write(key) !== 0) throw fail("BUSYKEY Target key name already exists.");
  const ttl = call.integer64(2);
  if (ttl < 0n) throw fail("Invalid TTL value, must be >= 0");
  if (!isIntact(call.slice(3), engine.verifiesChecksums))
    throw fail("DUMP payload version or checksum are wrong");
  const expiry = expiryOf(call, ttl, options);
  const ref = readValue(call, key, expiry, options);
  const isOver = expiry !== NEVER && expiry <= engine.keyspace.now && engine.keyspace.removesOverdue;
  const old = database.dict.find(key);
  if (old !== 0) database.remove(key, old);
  if (isOver) {
    engine.keyspace.release(ref);
    if (old !== 0) tellRemoval(call, key);
    else call.propagateNothing();
  } else {
    database.put(key, 0, ref);
    database.changed(key, NOTIFY_GENERIC, "restore");
    if (expiry !== NEVER && !options.absolute) propagateAbsolute(call, expiry);
  }
  call.reply.ok();
}

/** Milliseconds since 1970, or NEVER. */
function expiryOf(call: Call, ttl: bigint, { absolute }: Options): number {
  if (ttl === 0n) return NEVER;
  const when = absolute ? ttl : ttl + BigInt(call.engine.keyspace.now);
  return Math.min(Number(when), Number.MAX_SAFE_INTEGER);
}

function readOptions(call: Call): Options {
  const options: Options = { replace: false, absolute: false, idle: -1, frequency: -1 };
  for (let at = 4; at < call.argc; at++) {
    const hasValue = at + 1 < call.argc;
    if (call.is(at, "replace")) options.replace = true;
    else if (call.is(at, "absttl")) options.absolute = true;
    else if (call.is(at, "idletime") && hasValue && options.frequency === -1) {
      const idle = call.integer64(++at);
      if (idle < 0n) throw fail("Invalid IDLETIME value, must be >= 0");
      options.idle = Number(idle);
    } else if (call.is(at, "freq") && hasValue && options.idle === -1) {
      const frequency = call.integer64(++at);
      if (frequency < 0n || frequency > FREQUENCY_MAX)
        throw fail("Invalid FREQ value, must be >= 0 and <= 255");
      options.frequency = Number(frequency);
    } else throw syntaxError();
  }
  return options;
}

function readValue(call: Call, key: Key, expiry: number, options: Options): Ref {
  const { engine, client } = call;
  const { keyspace, config } = engine;
  const sanitize = config.values["sanitize-dump-payload"];
  const isClients = client.kind === "normal";
  const traits = { type: STRING, encoding: AUTO, access: accessOf(call, options), expiry };
  const deep = sanitize === "yes" || (sanitize === "clients" && isClients);
  try {
    return restoreValue(keyspace, call.slice(3), key, traits, valueOptions(engine, deep));
  } catch (error) {
    if (!(error instanceof RdbError)) throw error;
    throw error instanceof RdbUnsupported
      ? new CommandError(`ERR Bad data format: ${error.reason}`)
      : fail("Bad data format");
  }
}

/** The access bits that a key begins with; of the two options only the one counts that the policy knows. */
function accessOf({ engine }: Call, { idle, frequency }: Options): number {
  const { access } = engine.keyspace;
  if (access.settings.lfu) return frequency === -1 ? access.initial() : access.fromFrequency(frequency);
  return idle === -1 ? access.initial() : access.fromIdle(idle);
}

/** The value that came is over already: all that is left to tell is that the old one has gone. */
function tellRemoval(call: Call, key: Key): void {
  call.database.changed(key, NOTIFY_GENERIC, "del");
  const unit = call.propagateWords(2);
  unit.word(call.engine.config.values["lazyfree-lazy-server-del"] ? UNLINK : DEL);
  unit.word(key.bytes, key.start, key.end);
}

/** As it came, with the time as one since 1970. */
function propagateAbsolute(call: Call, expiry: number): void {
  const { bytes, starts, ends } = call.request;
  const unit = call.propagateWords(call.argc + 1);
  for (let at = 0; at < call.argc; at++) {
    if (at === 2) unit.integer(expiry);
    else unit.word(bytes, starts[at]!, ends[at]!);
  }
  unit.word(ABSTTL);
}
