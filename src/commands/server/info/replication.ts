/** INFO replication: a primary that nobody has asked to replicate. */

import { section } from "./section.js";

export const replication = section("Replication", ({ history, config }) => [
  ["role", "master"],
  ["connected_slaves", 0],
  ["master_failover_state", "no-failover"],
  ["master_replid", history.replid],
  ["master_replid2", "0".repeat(40)],
  ["master_repl_offset", 0],
  ["second_repl_offset", -1],
  ["repl_backlog_active", 0],
  ["repl_backlog_size", config.values["repl-backlog-size"]],
  ["repl_backlog_first_byte_offset", 0],
  ["repl_backlog_histlen", 0],
]);
