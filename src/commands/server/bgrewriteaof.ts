/** BGREWRITEAOF: the append-only file made anew. */

import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";

export const bgRewriteAof = command({
  name: "bgrewriteaof",
  group: "server",
  since: "1.0.0",
  summary: "Begins to write the append-only file anew, as short as the dataset allows",
  complexity: "O(1)",
  flags: ["admin", "noscript", "no_async_loading"],
  run(call) {
    const { engine } = call;
    const { rewriter, background } = engine.services;
    if (rewriter.isRunning && !rewriter.isStopping)
      throw fail("Background append only file rewriting already in progress");
    // Whoever asks does not have to wait for failures of before.
    rewriter.limit.succeeded();
    if (!background.isFree || engine.isNested) {
      background.rewriteScheduled = true;
      call.reply.simple("Background append only file rewriting scheduled");
      return;
    }
    rewriter.start();
    call.reply.simple("Background append only file rewriting started");
  },
});
