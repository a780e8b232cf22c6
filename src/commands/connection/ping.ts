/** PING. */

import { optional, string } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { wrongArity } from "../../engine/errors.js";

const NO_MESSAGE = Buffer.alloc(0);

export const ping = command({
  name: "ping",
  group: "connection",
  since: "1.0.0",
  summary: "Answers, so that a client knows that the server is alive",
  complexity: "O(1)",
  flags: ["fast"],
  args: [optional(string("message"))],
  whileSubscribed: true,
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  run(call) {
    if (call.argc > 2) throw wrongArity("ping");
    if (call.client.subscribed && call.reply.version === 2) {
      // Whoever reads only messages gets one.
      call.reply.array(2);
      call.reply.text("pong");
      call.reply.bulk(call.argc === 2 ? call.view(1) : NO_MESSAGE);
    } else if (call.argc === 2) call.reply.bulk(call.view(1));
    else call.reply.simple("PONG");
  },
});
