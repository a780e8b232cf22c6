/** SAVE, BGSAVE and LASTSAVE: snapshots on the disk. */

import { optional, token } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { CommandError, fail, syntaxError } from "../../engine/errors.js";

export const save = command({
  name: "save",
  group: "server",
  since: "1.0.0",
  summary: "Saves a snapshot of all databases, and lets everybody wait for it",
  complexity: "O(N), N being the number of keys in all databases",
  flags: ["admin", "noscript", "no_async_loading", "no_multi"],
  run(call) {
    const { saver, background } = call.engine.services;
    if (background.saving !== null) throw fail("Background save already in progress");
    if (!saver.save()) throw new CommandError("ERR");
    call.reply.ok();
  },
});

export const bgSave = command({
  name: "bgsave",
  group: "server",
  since: "1.0.0",
  summary: "Begins to save a snapshot of all databases in the background",
  complexity: "O(1)",
  flags: ["admin", "noscript", "no_async_loading"],
  args: [optional(token("schedule", "SCHEDULE", { since: "3.2.2" }))],
  history: [["3.2.2", "Added the `SCHEDULE` option."]],
  run(call) {
    if (call.argc > 2 || (call.argc === 2 && !call.is(1, "schedule"))) throw syntaxError();
    const { engine } = call;
    const { saver, background } = engine.services;
    if (background.saving !== null) throw fail("Background save already in progress");
    // A transaction is one state to the next: there is none to save inside of it.
    if (!background.isFree || engine.isNested) {
      if (call.argc === 1 && !engine.isNested) throw fail(BUSY);
      background.saveScheduled = true;
      call.reply.simple("Background saving scheduled");
      return;
    }
    saver.saveInBackground();
    call.reply.simple("Background saving started");
  },
});

const BUSY =
  "Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a " +
  "BGSAVE whenever possible.";

export const lastSave = command({
  name: "lastsave",
  group: "server",
  since: "1.0.0",
  summary:
    "Tells when the dataset was last saved, in seconds since 1970; before the first time, when the server started",
  complexity: "O(1)",
  flags: ["loading", "stale", "fast"],
  categories: ["admin", "dangerous"],
  tips: ["nondeterministic_output"],
  run: (call) => call.reply.integer(call.engine.services.saver.lastSave),
});
