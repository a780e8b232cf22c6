/** GETSET and GETDEL. */

import { key, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { NOTIFY_GENERIC, NOTIFY_STRING } from "../../keyspace/events.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";

const SET = Buffer.from("SET");
const DEL = Buffer.from("DEL");

export const getset = command({
  name: "getset",
  group: "string",
  since: "1.0.0",
  summary: "Returns the string at a key and sets another one",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "access", "update"]), string("value")],
  deprecated: { since: "6.2.0", replacedBy: "`SET` with the `!GET` argument" },
  run(call) {
    const { bytes, starts, ends } = call.request;
    const key = call.key(1);
    replyOld(call, key);
    call.database.setString(key, bytes, starts[2]!, ends[2]!);
    call.database.changed(key, NOTIFY_STRING, "set");
    const unit = call.propagateWords(3);
    unit.word(SET);
    unit.word(key.bytes, key.start, key.end);
    unit.word(bytes, starts[2]!, ends[2]!);
  },
});

export const getdel = command({
  name: "getdel",
  group: "string",
  since: "6.2.0",
  summary: "Returns the string at a key and removes the key",
  complexity: "O(1)",
  flags: ["write", "fast"],
  args: [key("key", ["RW", "access", "delete"])],
  run(call) {
    const key = call.key(1);
    const ref = call.database.present(key, replyOld(call, key));
    if (ref === 0) return;
    call.database.remove(key, ref);
    call.database.changed(key, NOTIFY_GENERIC, "del");
    const unit = call.propagateWords(2);
    unit.word(DEL);
    unit.word(key.bytes, key.start, key.end);
  },
});

function replyOld(call: Call, key: Key): Ref {
  const ref = call.readString(key);
  if (ref === 0) call.reply.nil();
  else call.replyValue(ref);
  return ref;
}
