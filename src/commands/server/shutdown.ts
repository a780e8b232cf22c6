/** SHUTDOWN. */

import { oneOf, optional, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";

export const shutdown = command({
  name: "shutdown",
  group: "server",
  since: "1.0.0",
  summary: "Ends the server, once everything that was acknowledged is safe",
  complexity: "O(N) when it saves, N being the number of keys in all databases, else O(1)",
  flags: ["admin", "noscript", "loading", "stale", "no_multi", "allow_busy"],
  args: [
    optional(oneOf("save-selector", [token("nosave", "NOSAVE"), token("save", "SAVE")])),
    optional(token("now", "NOW", { since: "7.0.0" })),
    optional(token("force", "FORCE", { since: "7.0.0" })),
    optional(token("abort", "ABORT", { since: "7.0.0" })),
  ],
  history: [["7.0.0", "Added the `NOW`, `FORCE` and `ABORT` options."]],
  run(call) {
    const words = readWords(call);
    const { nosave, save, now, force, abort } = words;
    if ((nosave && save) || (abort && (nosave || save || now || force))) throw syntaxError();
    if (abort) {
      if (!call.engine.services.abortShutdown()) throw fail("No shutdown in progress.");
      call.reply.ok();
      return;
    }
    const { client } = call;
    const saves = save ? "save" : nosave ? "nosave" : "default";
    call.engine.services.shutdown({ save: saves, now, force }).catch(() => {
      client.reply.error("ERR Errors trying to SHUTDOWN. Check logs.");
      client.link.send();
    });
  },
});

type Words = Record<"nosave" | "save" | "now" | "force" | "abort", boolean>;

function readWords(call: Call): Words {
  const words: Words = { nosave: false, save: false, now: false, force: false, abort: false };
  for (let at = 1; at < call.argc; at++) {
    const word = call.text(at).toLowerCase();
    if (!Object.hasOwn(words, word)) throw syntaxError();
    words[word as keyof Words] = true;
  }
  return words;
}
