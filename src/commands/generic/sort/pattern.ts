/**
 * A pattern of BY or GET: the name of a key with a star in the place of the element, and behind `->` the field when the
 * key is that of a hash. `#` is the element itself.
 */

import type { Call } from "../../../engine/call.js";
import { Key } from "../../../memory/key.js";
import type { Text } from "../../../types/text.js";
import { HASH, STRING } from "../../../types/type.js";
import { copy } from "../../../util/copy.js";
import type { Slice } from "../../../util/slice.js";

const STAR = 0x2a;
const ARROW = Buffer.from("->");
const ITSELF = 0x23;
const FIRST_ROOM = 64;

export class Pattern {
  readonly hasStar: boolean;
  private readonly isElement: boolean;
  private readonly star: number;
  /** Where the key's pattern ends. */
  private readonly keyEnd: number;
  private readonly field: Slice | null;
  private readonly key = new Key();
  private name = Buffer.alloc(FIRST_ROOM);

  constructor(private readonly bytes: Buffer) {
    // For Redis the pattern ends at a zero byte while it looks for the star and the arrow.
    const zero = bytes.indexOf(0);
    const visible = zero < 0 ? bytes : bytes.subarray(0, zero);
    this.isElement = visible.length === 1 && visible[0] === ITSELF;
    this.star = visible.indexOf(STAR);
    this.hasStar = this.star >= 0;
    const arrow = this.hasStar ? visible.indexOf(ARROW, this.star + 1) : -1;
    const field = arrow + ARROW.length;
    const hasField = arrow >= 0 && field < visible.length;
    this.keyEnd = hasField ? arrow : bytes.length;
    this.field = hasField ? { bytes, start: field, end: bytes.length } : null;
  }

  /** Shows in `value` what the pattern leads to for an element; false when there is no such string or field. */
  find(call: Call, element: Slice, value: Text): boolean {
    if (this.isElement) {
      value.set(element.bytes, element.start, element.end);
      return true;
    }
    if (!this.hasStar) return false;
    const { entries, hashes } = call.engine.keyspace;
    const ref = call.database.read(this.keyFor(call, element));
    if (ref === 0) return false;
    if (this.field !== null) return entries.type(ref) === HASH && hashes.get(ref, this.field, value);
    if (entries.type(ref) !== STRING) return false;
    value.readValue(entries, ref);
    return true;
  }

  private keyFor(call: Call, { bytes, start, end }: Slice): Key {
    const length = this.keyEnd - 1 + end - start;
    if (length > this.name.length) this.name = Buffer.alloc(length * 2);
    copy(this.bytes, 0, this.star, this.name, 0);
    copy(bytes, start, end, this.name, this.star);
    copy(this.bytes, this.star + 1, this.keyEnd, this.name, this.star + end - start);
    return call.engine.keyspace.hasher.set(this.key, this.name, 0, length);
  }
}
