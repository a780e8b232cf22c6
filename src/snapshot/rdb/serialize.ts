/** One value as DUMP gives it: type number, value, version, checksum (format.ts). */

import type { EntryReader } from "../../memory/entry.js";
import type { Ref } from "../../memory/memory.js";
import { Crc64 } from "../../util/crc64.js";
import { Output } from "../output.js";
import { CHECKSUM_SIZE, DUMP_FOOTER_SIZE } from "./format.js";
import { Primitives } from "./primitives.js";
import { ValueWriter } from "./value-writer.js";

/** Bytes that are made at a time: room for several nodes of a list, which are compressed where they are to go. */
const PART_BYTES = 64 * 1024;

export interface SerializeOptions {
  /** As in RdbOptions. */
  readonly version: number;
  readonly compress: boolean;
}

/** Makes one payload after another, with buffers that it keeps. */
export class Serializer {
  private parts: Uint8Array[] = [];
  private readonly output = new Output(
    (bytes, start, end) => this.parts.push(bytes.slice(start, end)),
    false,
    PART_BYTES,
  );
  private readonly plain = new Primitives(this.output, false);
  private readonly compressing = new Primitives(this.output, true);

  /** The payload of an entry's value. */
  payload(entries: EntryReader, ref: Ref, { version, compress }: SerializeOptions): Buffer {
    this.parts = [];
    this.output.at = 0;
    const out = compress ? this.compressing : this.plain;
    const values = new ValueWriter(entries, out, version);
    const type = values.typeNumber(ref);
    out.byte(type);
    values.value(ref, type);
    out.littleEndian(version, DUMP_FOOTER_SIZE - CHECKSUM_SIZE);
    this.output.flush();
    const crc = new Crc64();
    for (const part of this.parts) crc.update(part);
    const payload = Buffer.concat([...this.parts, crc.bytes()]);
    this.parts = [];
    return payload;
  }
}
