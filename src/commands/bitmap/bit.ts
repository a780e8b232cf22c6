/** GETBIT and SETBIT. */

import { integer, key } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import { NOTIFY_STRING } from "../../keyspace/events.js";
import { RAW } from "../../types/string.js";
import { checkLength } from "../string/length-limit.js";
import { bitOffset } from "./offset.js";

const badBit = (): Error => fail("bit is not an integer or out of range");

export const getbit = command({
  name: "getbit",
  group: "bitmap",
  since: "2.2.0",
  summary: "Returns one bit of a string; beyond its end all bits are 0",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO", "access"]), integer("offset")],
  run(call) {
    const offset = bitOffset(call, 2);
    const ref = call.readString(call.key(1));
    const { entries } = call.engine.keyspace;
    const at = Math.floor(offset / 8);
    const length = ref === 0 ? 0 : entries.valueLength(ref);
    const byte = at < length ? entries.valueBytes(ref)[entries.valueStart(ref) + at]! : 0;
    call.reply.integer((byte >>> (7 - (offset % 8))) & 1);
  },
});

export const setbit = command({
  name: "setbit",
  group: "bitmap",
  since: "2.2.0",
  summary: "Sets or clears one bit of a string, which grows to hold it, and returns the old one",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  args: [key("key", ["RW", "access", "update"]), integer("offset"), integer("value")],
  run(call) {
    const offset = bitOffset(call, 2);
    const bit = call.integer(3, badBit, 0, 1);
    const key = call.key(1);
    const ref = call.writeString(key);
    const { entries } = call.engine.keyspace;
    const at = Math.floor(offset / 8);
    const shift = 7 - (offset % 8);
    const length = ref === 0 ? 0 : entries.valueLength(ref);
    const byte = at < length ? entries.valueBytes(ref)[entries.valueStart(ref) + at]! : 0;
    const old = (byte >>> shift) & 1;
    if (at >= length || old !== bit) {
      checkLength(call, at + 1);
      const own = call.database.resizeString(key, ref, Math.max(length, at + 1));
      entries.valueBytes(own)[entries.valueStart(own) + at] = byte ^ ((old ^ bit) << shift);
      call.database.changed(key, NOTIFY_STRING, "setbit");
    } else if (entries.encoding(ref) !== RAW) {
      // OBJECT ENCODING shows that a bit was set even if it was so before.
      entries.setEncoding(call.database.own(key, ref), RAW);
    }
    call.reply.integer(old);
  },
});
