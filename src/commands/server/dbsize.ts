/** DBSIZE. */

import { command } from "../../engine/command.js";

export const dbSize = command({
  name: "dbsize",
  group: "server",
  since: "1.0.0",
  summary: "Counts the keys in the database",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  categories: ["keyspace"],
  tips: ["request_policy:all_shards", "response_policy:agg_sum"],
  seesAnyKey: true,
  run: (call) => call.reply.integer(call.database.count),
});
