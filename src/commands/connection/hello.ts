/** HELLO: the handshake of clients that know RESP3. */

import { REDIS_VERSION } from "../../config/version.js";
import { block, integer, optional, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import type { Words } from "../../engine/key-spec.js";
import { authenticate } from "./authentication.js";
import { BAD_NAME, isPlainText } from "./client-name.js";

export const hello = command({
  name: "hello",
  group: "connection",
  since: "6.0.0",
  summary: "Agrees on the protocol's version and says who the server is",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  args: [
    optional(
      block("arguments", [
        integer("protover"),
        optional(block("auth", [string("username"), string("password")], { token: "AUTH" })),
        optional(string("clientname", { token: "SETNAME" })),
      ]),
    ),
  ],
  history: [["6.2.0", "The version may be left out: then nothing is changed."]],
  secrets: secretsOf,
  run(call) {
    const version = readVersion(call);
    const options = readOptions(call);
    const { client } = call;
    if (options.authAt !== 0) authenticate(call, call.view(options.authAt), call.view(options.authAt + 1));
    if (!client.authenticated) {
      throw fail(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
      );
    }
    if (options.nameAt !== 0) client.name = call.text(options.nameAt);
    if (version !== 0) call.reply.version = version;
    introduce(call);
  },
});

/** The user and the password behind AUTH. */
function secretsOf(words: Words): number[] {
  const found: number[] = [];
  for (let at = 2; at + 2 < words.argc; at++) {
    const word = words.text(at).toLowerCase();
    if (word === "auth") found.push(++at, ++at);
    else if (word === "setname") at++;
  }
  return found;
}

/** The version asked for; 0 for the one in use. */
function readVersion(call: Call): 0 | 2 | 3 {
  if (call.argc === 1) return 0;
  const notInteger = (): Error => fail("Protocol version is not an integer or out of range");
  const version = call.integer64(1, notInteger);
  if (version !== 2n && version !== 3n) throw fail("NOPROTO unsupported protocol version");
  return version === 2n ? 2 : 3;
}

/** Where the options' values are; 0 for what is not given. */
function readOptions(call: Call): { authAt: number; nameAt: number } {
  const options = { authAt: 0, nameAt: 0 };
  for (let at = 2; at < call.argc; at++) {
    if (call.is(at, "auth") && at + 2 < call.argc) {
      options.authAt = at + 1;
      at += 2;
    } else if (call.is(at, "setname") && at + 1 < call.argc) {
      options.nameAt = ++at;
      if (!isPlainText(call, at)) throw fail(BAD_NAME);
    } else throw fail(`Syntax error in HELLO option '${call.shown(at)}'`);
  }
  return options;
}

function introduce({ reply, client }: Call): void {
  reply.map(7);
  for (const text of ["server", "redis", "version", REDIS_VERSION, "proto"]) reply.text(text);
  reply.integer(reply.version);
  reply.text("id");
  reply.integer(client.id);
  for (const text of ["mode", "standalone", "role", "master", "modules"]) reply.text(text);
  reply.array(0);
}
