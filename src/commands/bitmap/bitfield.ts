/** BITFIELD and BITFIELD_RO. */

import {
  type Argument,
  block,
  integer,
  key,
  multiple,
  oneOf,
  optional,
  string,
  token,
} from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import { NOTIFY_STRING } from "../../keyspace/events.js";
import type { Ref } from "../../memory/memory.js";
import { checkLength } from "../string/length-limit.js";
import { addToField, readField, writeField } from "./field.js";
import { type Operation, readOperations } from "./operation.js";

const operation = (name: string, word: string, value: readonly Argument[]): Argument =>
  block(name, [string("encoding"), integer("offset"), ...value], { token: word });

export const bitfield = command({
  name: "bitfield",
  group: "bitmap",
  since: "3.2.0",
  summary: "Reads, sets and adds to integers of any width inside a string",
  complexity: "O(1) for each operation",
  flags: ["write", "denyoom"],
  args: [
    key("key", ["RW", "access", "update", "variable_flags"]),
    multiple(
      optional(
        oneOf("operation", [
          operation("get-block", "GET", []),
          block("write", [
            optional(
              oneOf("overflow-block", [token("wrap", "WRAP"), token("sat", "SAT"), token("fail", "FAIL")], {
                token: "OVERFLOW",
              }),
            ),
            oneOf("write-operation", [
              operation("set-block", "SET", [integer("value")]),
              operation("incrby-block", "INCRBY", [integer("increment")]),
            ]),
          ]),
        ]),
      ),
    ),
  ],
  keySpecs: [
    {
      flags: ["RW", "access", "update", "variable_flags"],
      notes: "The key is read, and written by some operations",
      begin: { type: "index", index: 1 },
      find: { type: "range", lastKey: 0, step: 1, limit: 0 },
    },
  ],
  findKeys: (call) => [{ at: 1, flags: mayWrite(call) ? ["RW", "access", "update"] : ["RO", "access"] }],
  run(call) {
    const operations = readOperations(call);
    if (operations.every(({ kind }) => kind === "get")) readAll(call, operations);
    else writeAll(call, operations);
  },
});

/** Whether one of the operations writes, as far as that can be seen without reading them, or is none. */
function mayWrite(call: Call): boolean {
  for (let at = 2; at < call.argc; ) {
    const left = call.argc - at - 1;
    if (call.is(at, "get") && left >= 2) at += 3;
    else if (call.is(at, "overflow") && left >= 1) at += 2;
    else return true;
  }
  return false;
}

export const bitfieldRo = command({
  name: "bitfield_ro",
  group: "bitmap",
  since: "6.0.0",
  summary: "Reads integers of any width inside a string",
  complexity: "O(1) for each operation",
  flags: ["readonly", "fast"],
  args: [
    key("key", ["RO", "access"]),
    multiple(optional({ ...operation("get-block", "GET", []), multipleToken: true })),
  ],
  run(call) {
    const operations = readOperations(call);
    if (operations.some(({ kind }) => kind !== "get")) {
      throw fail("BITFIELD_RO only supports the GET subcommand");
    }
    readAll(call, operations);
  },
});

function readAll(call: Call, operations: readonly Operation[]): void {
  const ref = call.readString(call.key(1));
  call.reply.array(operations.length);
  for (const operation of operations) call.reply.integer64(read(call, ref, operation));
}

function writeAll(call: Call, operations: readonly Operation[]): void {
  const key = call.key(1);
  const ref = call.writeString(key);
  const old = ref === 0 ? 0 : call.engine.keyspace.entries.valueLength(ref);
  const length = operations.reduce((most, operation) => Math.max(most, bytesNeeded(operation)), old);
  checkLength(call, length);
  // The string grows even if all operations fail, and so does the one that a log is applied to.
  const own = call.database.resizeString(key, ref, length);
  if (length > old) call.propagateAnyway();
  call.reply.array(operations.length);
  let changes = 0;
  for (const operation of operations) if (perform(call, own, operation, length > old)) changes++;
  if (changes === 0) return;
  call.database.changed(key, NOTIFY_STRING, "setbit");
  // One event, but each operation counts.
  call.engine.keyspace.dirty += changes - 1;
}

/** Bytes that the string must have for a write; none for a read. */
function bytesNeeded({ kind, offset, type }: Operation): number {
  return kind === "get" ? 0 : Math.floor((offset + type.bits - 1) / 8) + 1;
}

/** Does one operation and replies; true when it counts as a change, as any write does if the string has grown. */
function perform(call: Call, ref: Ref, operation: Operation, grown: boolean): boolean {
  const { kind, offset, type, overflow } = operation;
  const old = read(call, ref, operation);
  if (kind === "get") {
    call.reply.integer64(old);
    return false;
  }
  const [base, by] = kind === "set" ? [operation.value, 0n] : [old, operation.value];
  const value = addToField(base, by, type, overflow);
  if (value === null) {
    call.reply.nil();
    return false;
  }
  const { entries } = call.engine.keyspace;
  writeField(entries.valueBytes(ref), entries.valueStart(ref), offset, type, value);
  call.reply.integer64(kind === "set" ? old : value);
  return grown || value !== old;
}

function read(call: Call, ref: Ref, { offset, type }: Operation): bigint {
  if (ref === 0) return 0n;
  const { entries } = call.engine.keyspace;
  const start = entries.valueStart(ref);
  return readField(entries.valueBytes(ref), start, start + entries.valueLength(ref), offset, type);
}
