/** DEBUG DIGEST and DIGEST-VALUE. */

import type { Call } from "../../../engine/call.js";
import type { Database } from "../../../keyspace/database.js";
import type { Keyspace } from "../../../keyspace/keyspace.js";
import type { Ref } from "../../../memory/memory.js";
import { Digest } from "../../../types/digest.js";
import { typeOf } from "../../../types/types.js";

const EXPIRES = Buffer.from("!!expire!!");

/** The digest of all databases: equal on two servers that hold the same data. */
export function digest(call: Call): void {
  const { keyspace } = call.engine;
  keyspace.unsettled.sawAll();
  const whole = new Digest();
  for (const database of keyspace.databases) addDatabase(whole, database, keyspace);
  call.reply.simple(whole.toString());
}

/** The digests of single values; zeros where there is none. */
export function digestValue(call: Call): void {
  const { entries } = call.engine.keyspace;
  call.reply.array(call.argc - 2);
  for (let at = 2; at < call.argc; at++) {
    const value = new Digest();
    // What has expired and is still there counts, as it does for DIGEST.
    const ref = call.database.dict.find(call.key(at));
    if (ref !== 0) addValue(value, ref, entries);
    call.reply.simple(value.toString());
  }
}

function addDatabase(whole: Digest, { index, count, dict }: Database, { entries }: Keyspace): void {
  if (count === 0) return;
  whole.mixNumber(index);
  dict.forEach((ref) => {
    const entry = whole.part();
    entry.mix(entries.keyBytes(ref));
    addValue(entry, ref, entries);
    whole.addDigest(entry);
  });
}

/** The type, the value, and whether it has an expiry. */
function addValue(target: Digest, ref: Ref, entries: Keyspace["entries"]): void {
  const type = entries.type(ref);
  target.mixNumber(type);
  typeOf(type).digest(entries, ref, target);
  if (entries.hasExpiry(ref)) target.add(EXPIRES);
}
