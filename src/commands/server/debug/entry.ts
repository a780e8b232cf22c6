/** DEBUG OBJECT, SDSLEN and HTSTATS-KEY: how one key and its value are kept. */

import type { Call } from "../../../engine/call.js";
import { fail, noSuchKey } from "../../../engine/errors.js";
import type { Entries } from "../../../memory/entry.js";
import type { Ref } from "../../../memory/memory.js";
import { STRING } from "../../../types/type.js";
import { typeOf } from "../../../types/types.js";
import { parseInteger64 } from "../../../util/integer.js";

function existing(call: Call): Ref {
  const ref = call.database.peek(call.key(2));
  if (ref === 0) throw noSuchKey();
  return ref;
}

/** One line, as Redis's tests and tools take it apart; the address is the entry's place in the arena. */
export function object(call: Call): void {
  const ref = existing(call);
  const { entries, access } = call.engine.keyspace;
  const clock = entries.access(ref);
  const idle = access.settings.lfu
    ? `freq:${access.frequency(clock)}`
    : `lru_seconds_idle:${access.idleSeconds(clock)}`;
  call.reply.simple(
    `Value at:0x${(ref * 16).toString(16)} refcount:1 encoding:${typeOf(entries.type(ref)).encoding(entries, ref)} ` +
      `serializedlength:${serializedLength(entries, ref)} lru:${clock} ${idle}`,
  );
}

/** Bytes of the longest integers that a snapshot keeps in 1, 2 and 4 bytes behind a type byte. */
const INTEGER_BYTES: readonly (readonly [limit: bigint, bytes: number])[] = [
  [1n << 7n, 2],
  [1n << 15n, 3],
  [1n << 31n, 5],
];

/** Bytes of a string in a snapshot that does not compress. */
function serializedLength(entries: Entries, ref: Ref): number {
  const length = entries.valueLength(ref);
  const start = entries.valueStart(ref);
  const integer = length > 11 ? null : parseInteger64(entries.valueBytes(ref), start, start + length);
  if (integer !== null) {
    const form = INTEGER_BYTES.find(([limit]) => integer >= -limit && integer < limit);
    if (form !== undefined) return form[1];
  }
  return length + (length < 1 << 6 ? 1 : length < 1 << 14 ? 2 : 5);
}

/** The lengths of a key and a string value, the room behind them, and the bytes of the blocks that hold them. */
export function stringLengths(call: Call): void {
  const ref = existing(call);
  const { entries, arena } = call.engine.keyspace;
  if (entries.type(ref) !== STRING) throw fail("Not an sds encoded string.");
  const length = entries.valueLength(ref);
  const boxed = entries.isBoxed(ref) ? arena.sizeOf(entries.box(ref)) : 0;
  call.reply.simple(
    `key_sds_len:${entries.keyLength(ref)}, key_sds_avail:0, key_zmalloc: ${arena.sizeOf(ref)}, ` +
      `val_sds_len:${length}, val_sds_avail:${entries.roomFor(ref) - length}, val_zmalloc: ${boxed}`,
  );
}

/** Of the hash table below a key; a string has none. */
export function tableOfKey(call: Call): void {
  existing(call);
  throw fail("The value stored at the specified key is not represented using an hash table");
}
