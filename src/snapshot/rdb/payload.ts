/** Payloads of DUMP (format.ts), as RESTORE gets them. */

import type { Keyspace } from "../../keyspace/keyspace.js";
import type { EntryTraits } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { equalBytes } from "../../util/ascii.js";
import { Crc64 } from "../../util/crc64.js";
import type { Slice } from "../../util/slice.js";
import { RdbError } from "./error.js";
import { CHECKSUM_SIZE, DUMP_FOOTER_SIZE, NEWEST_VERSION } from "./format.js";
import { Input } from "./input.js";
import { type ValueOptions, ValueReader } from "./values.js";

/** Whether the payload is of a version that can be read, and its checksum is right, unless that is not to be verified. */
export function isIntact({ bytes, start, end }: Slice, verify: boolean): boolean {
  if (end - start < DUMP_FOOTER_SIZE) return false;
  const body = end - CHECKSUM_SIZE;
  const version = bytes[body - 2]! | (bytes[body - 1]! << 8);
  if (version > NEWEST_VERSION) return false;
  if (!verify) return true;
  return equalBytes(new Crc64().update(bytes, start, body).bytes(), 0, CHECKSUM_SIZE, bytes, body, end);
}

/**
 * The entry with an intact payload's value, which hangs nowhere yet; `traits` are those of a string. Throws an
 * RdbError, also for a value that holds nothing.
 */
export function restoreValue(
  space: Keyspace,
  { bytes, start, end }: Slice,
  key: Key,
  traits: EntryTraits,
  options: ValueOptions,
): Ref {
  const size = end - start - DUMP_FOOTER_SIZE;
  const input = new Input(size);
  const values = new ValueReader(space, input, options);
  input.window(bytes, start, start + size);
  try {
    values.begin(input.byte(), key, traits);
    while (values.left > 0) values.more();
  } catch (error) {
    values.abandon();
    throw error;
  }
  if (values.ref === 0) throw new RdbError("a collection without elements", size);
  return values.take();
}
