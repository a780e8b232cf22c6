/** DEBUG POPULATE: many keys at once. They are not written to the log. */

import type { Call } from "../../../engine/call.js";
import { fail } from "../../../engine/errors.js";

/** A key that is there already stays as it is. */
export function populate(call: Call): void {
  const count = positive(call, 2);
  const prefix = call.argc > 3 ? call.bytes(3) : Buffer.from("key");
  const size = call.argc > 4 ? positive(call, 4) : 0;
  const { database, engine } = call;
  for (let i = 0; i < count; i++) {
    const key = engine.keyspace.key(Buffer.concat([prefix, Buffer.from(`:${i}`)]));
    if (database.peek(key) !== 0) continue;
    const value = populated(i, size);
    database.setString(key, value, 0, value.length);
    database.affected(key, 0, "");
  }
  call.reply.ok();
}

/** `value:N`, cut or filled up with zeros to `size` bytes unless that is 0. */
function populated(number: number, size: number): Buffer {
  const text = Buffer.from(`value:${number}`);
  if (size === 0) return text;
  const value = Buffer.alloc(size);
  text.copy(value);
  return value;
}

function positive(call: Call, at: number): number {
  return call.integer(at, () => fail("value is out of range, must be positive"), 0);
}
