/** AUTH, and what HELLO shares with it: passwords of the default user, the only one there is. */

import { timingSafeEqual } from "node:crypto";
import { optional, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";

/** Authenticates the session, or throws WRONGPASS. Without a password configured any password will do. */
export function authenticate(call: Call, user: Buffer, password: Buffer): void {
  const { config, statistics } = call.engine;
  const expected = Buffer.from(config.values.requirepass, "latin1");
  if (!user.equals(DEFAULT_USER) || !(expected.length === 0 || sameBytes(password, expected))) {
    statistics.deniedAuth++;
    throw fail("WRONGPASS invalid username-password pair or user is disabled.");
  }
  call.client.user = "default";
  call.client.authenticated = true;
}

const DEFAULT_USER = Buffer.from("default");

/** In a time that does not tell how many of the bytes are right. */
function sameBytes(given: Buffer, expected: Buffer): boolean {
  const padded = Buffer.alloc(expected.length);
  given.copy(padded);
  return timingSafeEqual(padded, expected) && given.length === expected.length;
}

export const auth = command({
  name: "auth",
  group: "connection",
  since: "1.0.0",
  summary: "Proves who the client is, with a password",
  complexity: "O(N), N being the number of passwords of the user",
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  args: [optional(string("username", { since: "6.0.0" })), string("password")],
  history: [["6.0.0", "Takes a user name before the password."]],
  secrets: ({ argc }) => Array.from({ length: argc - 1 }, (_, i) => i + 1),
  run(call) {
    if (call.argc > 3) throw syntaxError();
    if (call.argc === 2 && call.engine.config.values.requirepass === "") {
      throw fail(
        "AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
      );
    }
    if (call.argc === 2) authenticate(call, DEFAULT_USER, call.view(1));
    else authenticate(call, call.view(1), call.view(2));
    call.reply.ok();
  },
});
