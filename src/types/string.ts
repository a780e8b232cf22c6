/**
 * The string type. A value is always kept as its text, also when Redis would keep a number: the text of an integer is
 * seldom longer than eight bytes, GET is a plain copy, and INCR parses what it needs.
 *
 * So what OBJECT ENCODING tells is derived: the text of a 64-bit integer is "int", up to 44 bytes "embstr", else
 * "raw", unless the entry remembers that Redis would not have tried (after APPEND, SETRANGE, SETBIT: raw; after
 * INCRBYFLOAT: never int).
 */

import type { Entries } from "../memory/entry.js";
import type { Ref } from "../memory/memory.js";
import { parseInteger64 } from "../util/integer.js";
import { STRING, type ValueType } from "./type.js";

/** Encodings of a string's entry: derived from the text; raw whatever the text; text that is never "int". */
export const AUTO = 0;
export const RAW = 1;
export const PLAIN = 2;

const EMBSTR_BYTES_MAX = 44;
const INTEGER_DIGITS_MAX = 20;

function encoding(entries: Entries, ref: Ref): string {
  const kept = entries.encoding(ref);
  if (kept === RAW) return "raw";
  const length = entries.valueLength(ref);
  const start = entries.valueStart(ref);
  if (kept === AUTO && length <= INTEGER_DIGITS_MAX) {
    if (parseInteger64(entries.valueBytes(ref), start, start + length) !== null) return "int";
  }
  return length <= EMBSTR_BYTES_MAX ? "embstr" : "raw";
}

export const stringType: ValueType = {
  number: STRING,
  name: "string",
  free: (entries, ref) => entries.freeString(ref),
  copy(entries, ref, key, traits) {
    const start = entries.valueStart(ref);
    return entries.createString(
      key,
      entries.valueBytes(ref),
      start,
      start + entries.valueLength(ref),
      traits,
    );
  },
  inlineBytes: (entries, ref) => entries.valueLength(ref),
  encoding,
  bytes: (entries, ref) => entries.stringBytes(ref),
  digest(entries, ref, digest) {
    const start = entries.valueStart(ref);
    digest.mix(entries.valueBytes(ref).subarray(start, start + entries.valueLength(ref)));
  },
};
