/** DEBUG OBJECT, SDSLEN and HTSTATS-KEY: how one key and its value are kept. */

import type { Call } from "../../../engine/call.js";
import { fail } from "../../../engine/errors.js";
import { DictReader } from "../../../memory/dict.js";
import type { Ref } from "../../../memory/memory.js";
import { DUMP_FOOTER_SIZE } from "../../../snapshot/rdb/format.js";
import { STRING } from "../../../types/type.js";
import { typeOf } from "../../../types/types.js";
import { membersIn } from "../../../types/zset.js";
import { payloadOf } from "../../generic/dump.js";
import { existing } from "./existing.js";
import { quicklistFacts } from "./structure.js";
import { describe } from "./tables.js";

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
      `serializedlength:${serializedLength(call, ref)} lru:${clock} ${idle}${quicklistFacts(call, ref)}`,
  );
}

/** Bytes of a value in a snapshot, without its type. */
function serializedLength(call: Call, ref: Ref): number {
  return payloadOf(call.engine, ref).length - 1 - DUMP_FOOTER_SIZE;
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

/** The hash table below a key. */
export function tableOfKey(call: Call): void {
  const ref = existing(call);
  const { arena, entries } = call.engine.keyspace;
  const encoding = typeOf(entries.type(ref)).encoding(entries, ref);
  if (encoding !== "hashtable" && encoding !== "skiplist") {
    throw fail("The value stored at the specified key is not represented using an hash table");
  }
  const box = entries.box(ref);
  const table = new DictReader(arena, encoding === "skiplist" ? membersIn(arena, box) : box);
  call.reply.verbatim(`${describe(table).join("\n")}\n`);
}
