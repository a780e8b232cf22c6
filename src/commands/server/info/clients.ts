/** INFO clients. No command blocks yet, and nobody tracks keys. */

import { section } from "./section.js";

export const clients = section("Clients", ({ clients: { count }, config, memory }) => [
  ["connected_clients", count],
  ["cluster_connections", 0],
  ["maxclients", config.values.maxclients],
  ["client_recent_max_input_buffer", memory.recentInput.value],
  ["client_recent_max_output_buffer", memory.recentOutput.value],
  ["blocked_clients", 0],
  ["tracking_clients", 0],
  ["clients_in_timeout_table", 0],
  ["total_blocking_keys", 0],
  ["total_blocking_keys_on_nokey", 0],
]);
