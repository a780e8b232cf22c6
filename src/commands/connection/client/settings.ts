/** What a client says about itself and how it wants to be treated: GETNAME, SETNAME, SETINFO, REPLY, NO-EVICT, NO-TOUCH. */

import { oneOf, string, token } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import { command } from "../../../engine/command.js";
import { fail, syntaxError } from "../../../engine/errors.js";
import { BAD_NAME, isPlainText } from "../client-name.js";

export const getname = command({
  name: "getname",
  group: "connection",
  since: "2.6.9",
  summary: "Returns the name that the client has given its connection",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  run({ reply, client }) {
    if (client.name === "") reply.nil();
    else reply.text(client.name);
  },
});

export const setname = command({
  name: "setname",
  group: "connection",
  since: "2.6.9",
  summary: "Names the connection; the empty name takes the name away",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  args: [string("connection-name")],
  run(call) {
    if (!isPlainText(call, 2)) throw fail(BAD_NAME);
    call.client.name = call.text(2);
    call.reply.ok();
  },
});

export const setinfo = command({
  name: "setinfo",
  group: "connection",
  since: "7.2.0",
  summary: "Tells the client library's name or version",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  args: [oneOf("attr", [string("libname", { token: "LIB-NAME" }), string("libver", { token: "LIB-VER" })])],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  run(call) {
    const isName = call.is(2, "lib-name");
    if (!isName && !call.is(2, "lib-ver")) throw fail(`Unrecognized option '${call.shown(2)}'`);
    if (!isPlainText(call, 3)) {
      throw fail(`${call.shown(2)} cannot contain spaces, newlines or special characters.`);
    }
    if (isName) call.client.libraryName = call.text(3);
    else call.client.libraryVersion = call.text(3);
    call.reply.ok();
  },
});

export const reply = command({
  name: "reply",
  group: "connection",
  since: "3.2.0",
  summary: "Turns replies off and on again, or leaves out the next one",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  args: [oneOf("action", [token("on", "ON"), token("off", "OFF"), token("skip", "SKIP")])],
  run(call) {
    const { client } = call;
    if (call.is(2, "on")) {
      client.replyMode = "on";
      call.reply.ok();
    } else if (call.is(2, "off")) client.replyMode = "off";
    else if (!call.is(2, "skip")) throw syntaxError();
    else if (client.replyMode !== "off") client.replyMode = "skip-next";
  },
});

export const noEvict = command({
  name: "no-evict",
  group: "connection",
  since: "7.0.0",
  summary: "Protects the connection from being closed when the clients use too much memory",
  complexity: "O(1)",
  flags: ["admin", "noscript", "loading", "stale"],
  args: [oneOf("enabled", [token("on", "ON"), token("off", "OFF")])],
  run(call) {
    call.client.noEvict = readSwitch(call, 2);
    call.reply.ok();
  },
});

export const noTouch = command({
  name: "no-touch",
  group: "connection",
  since: "7.2.0",
  summary: "Makes this connection's commands leave no trace in the keys' times and counters of use",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  args: [oneOf("enabled", [token("on", "ON"), token("off", "OFF")])],
  run(call) {
    call.client.noTouch = readSwitch(call, 2);
    call.reply.ok();
  },
});

function readSwitch(call: Call, at: number): boolean {
  if (call.is(at, "on")) return true;
  if (call.is(at, "off")) return false;
  throw syntaxError();
}
