/** One element of a collection as text, where it lies or, when it is kept as an integer, in digits of its own. */

import type { EntryReader } from "../memory/entry.js";
import { ListpackEntry, read } from "../memory/listpack.js";
import type { Ref } from "../memory/memory.js";
import { writeInteger, writeInteger64 } from "../util/integer.js";
import type { Slice } from "../util/slice.js";

const LONGEST_INTEGER = 20;

/** Serves any number of reads; what it shows is valid until the next read and the next change of the collection. */
export class Text implements Slice {
  private readonly digits = new Uint8Array(LONGEST_INTEGER);
  private readonly entry = new ListpackEntry();
  bytes: Uint8Array = this.digits;
  start = 0;
  end = 0;

  /** Shows a range. */
  set(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** Shows an integer. */
  setInteger(value: number | bigint): void {
    const end =
      typeof value === "bigint" ? writeInteger64(this.digits, 0, value) : writeInteger(this.digits, 0, value);
    this.set(this.digits, 0, end);
  }

  /** Shows an entry of a listpack; returns the position of the next one. */
  readListpack(bytes: Uint8Array, base: number, position: number): number {
    const { entry } = this;
    const next = read(bytes, base, position, entry);
    if (entry.isInteger) this.setInteger(Number.isNaN(entry.value) ? entry.big : entry.value);
    else this.set(bytes, entry.start, entry.start + entry.length);
    return next;
  }

  /** Shows the key of an entry of a dict. */
  readKey(entries: EntryReader, ref: Ref): void {
    entries.showKey(ref, this);
  }

  /** Shows the value of an entry of a dict. */
  readValue(entries: EntryReader, ref: Ref): void {
    const start = entries.valueStart(ref);
    const end = start + entries.valueLength(ref);
    this.set(entries.valueBytes(ref), start, end);
  }

  /** A copy of what is shown. */
  copy(): Buffer {
    return Buffer.from(this.bytes.subarray(this.start, this.end));
  }
}
