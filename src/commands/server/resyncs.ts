/** RESYNCS, a command of Tidemark's own: why replicas had to be sent everything, and what would have avoided it. */

import { integer, optional } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";

const DEFAULT_COUNT = 10;

export const resyncs = command({
  name: "resyncs",
  group: "server",
  since: "7.2.0",
  summary: "Tells of the last full resyncs why they were necessary and which setting would have avoided them",
  complexity: "O(N), N being the number of resyncs told of",
  flags: ["admin", "loading", "stale"],
  args: [optional(integer("count"))],
  tips: ["nondeterministic_output"],
  run(call) {
    const { reply, engine } = call;
    const count =
      call.argc > 1 ? call.integer(1, () => fail("count must be a positive integer"), 1) : DEFAULT_COUNT;
    const list = engine.services.primary.resyncs.list(count);
    reply.array(list.length);
    for (const resync of list) {
      reply.map(8);
      reply.text("id");
      reply.integer(resync.id);
      reply.text("time-ms");
      reply.integer(resync.atMs);
      reply.text("replica");
      reply.text(resync.replica);
      reply.text("reason");
      reply.text(resync.reason);
      reply.text("explanation");
      reply.text(resync.explanation);
      reply.text("missing-bytes");
      reply.integer(resync.missingBytes);
      reply.text("advice");
      reply.text(resync.advice);
      reply.text("setting");
      reply.texts(resync.setting === null ? [] : [resync.setting.name, resync.setting.value]);
    }
  },
});
