/** The operations of BITFIELD, read from its arguments. All are read before the first is done. */

import type { Call } from "../../engine/call.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { type FieldType, type Overflow, parseFieldType } from "./field.js";
import { fieldOffset } from "./offset.js";

export interface Operation {
  readonly kind: "get" | "set" | "incrby";
  readonly type: FieldType;
  /** In bits. */
  readonly offset: number;
  /** What is set or added; 0 of a read. */
  readonly value: bigint;
  readonly overflow: Overflow;
}

const KINDS = ["get", "set", "incrby"] as const;
const OVERFLOWS: readonly Overflow[] = ["wrap", "sat", "fail"];

export function readOperations(call: Call): Operation[] {
  const operations: Operation[] = [];
  let overflow: Overflow = "wrap";
  for (let at = 2; at < call.argc; ) {
    const left = call.argc - at - 1;
    const kind = KINDS.find((word) => call.is(at, word));
    if (kind !== undefined && left >= (kind === "get" ? 2 : 3)) {
      operations.push(readOperation(call, at, kind, overflow));
      at += kind === "get" ? 3 : 4;
    } else if (call.is(at, "overflow") && left >= 1) {
      overflow = readOverflow(call, at + 1);
      at += 2;
    } else throw syntaxError();
  }
  return operations;
}

function readOverflow(call: Call, at: number): Overflow {
  const overflow = OVERFLOWS.find((word) => call.is(at, word));
  if (overflow === undefined) throw fail("Invalid OVERFLOW type specified");
  return overflow;
}

function readOperation(call: Call, at: number, kind: Operation["kind"], overflow: Overflow): Operation {
  const type = parseFieldType(call.text(at + 1));
  if (type === null) {
    throw fail(
      "Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
    );
  }
  const offset = fieldOffset(call, at + 2, type.bits);
  const value = kind === "get" ? 0n : call.integer64(at + 3);
  return { kind, type, offset, value, overflow };
}
