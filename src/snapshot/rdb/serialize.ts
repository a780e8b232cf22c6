/** One value as DUMP gives it: type number, value, version, checksum (format.ts). */

import type { EntryReader } from "../../memory/entry.js";
import type { Ref } from "../../memory/memory.js";
import { Crc64 } from "../../util/crc64.js";
import { Output } from "../output.js";
import { CHECKSUM_SIZE, DUMP_FOOTER_SIZE } from "./format.js";
import { Primitives } from "./primitives.js";
import { ValueWriter } from "./value-writer.js";

/** Bytes that are made at a time. */
const PART_BYTES = 4096;

/** The payload of an entry's value. `version` as in RdbOptions. */
export function serializeValue(
  entries: EntryReader,
  ref: Ref,
  options: { readonly version: number; readonly compress: boolean },
): Buffer {
  const parts: Buffer[] = [];
  const output = new Output(
    (bytes, start, end) => parts.push(Buffer.from(bytes.slice(start, end).buffer)),
    false,
    PART_BYTES,
  );
  const out = new Primitives(output, options.compress);
  const values = new ValueWriter(entries, out, options.version);
  const type = values.typeNumber(ref);
  out.byte(type);
  values.value(ref, type);
  out.littleEndian(options.version, DUMP_FOOTER_SIZE - CHECKSUM_SIZE);
  output.flush();
  const body = Buffer.concat(parts);
  return Buffer.concat([body, new Crc64().update(body).bytes()]);
}
