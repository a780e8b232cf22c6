/** INFO clients. Nobody tracks keys yet. */

import { section } from "./section.js";

export const clients = section("Clients", ({ clients: sessions, blocking, services, config, memory }) => [
  ["connected_clients", sessions.listed().length - services.primary.replicas.length],
  ["cluster_connections", 0],
  ["maxclients", config.values.maxclients],
  ["client_recent_max_input_buffer", memory.recentInput.value],
  ["client_recent_max_output_buffer", memory.recentOutput.value],
  ["blocked_clients", blocking.count],
  ["tracking_clients", 0],
  ["clients_in_timeout_table", blocking.timed],
  ["total_blocking_keys", blocking.keys],
  ["total_blocking_keys_on_nokey", 0],
]);
