/** INFO. */

import { multiple, optional, string } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import { command } from "../../../engine/command.js";
import type { Engine } from "../../../engine/engine.js";
import { clients } from "./clients.js";
import { commandStats, latencyStats } from "./commandstats.js";
import { cpu } from "./cpu.js";
import { debug } from "./debug.js";
import { errorStats } from "./errorstats.js";
import { keyspace } from "./keyspace.js";
import { memory } from "./memory.js";
import { persistence } from "./persistence.js";
import { replication } from "./replication.js";
import { type Section, section } from "./section.js";
import { server } from "./server.js";
import { stats } from "./stats.js";

/** In the order in which they are shown. */
const SECTIONS: readonly Section[] = [
  server,
  clients,
  memory,
  persistence,
  stats,
  replication,
  cpu,
  section("Modules", () => []),
  commandStats,
  errorStats,
  latencyStats,
  section("Cluster", () => [["cluster_enabled", 0]]),
  keyspace,
  debug,
];

export const info = command({
  name: "info",
  group: "server",
  since: "1.0.0",
  summary: "Tells all about the server's state, in sections",
  complexity: "O(1)",
  flags: ["loading", "stale"],
  categories: ["dangerous"],
  args: [optional(multiple(string("section")))],
  history: [["7.0.0", "Takes several sections."]],
  tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
  run(call) {
    const shown = wantedSections(call).map((section) => textOf(section, call.engine));
    call.reply.verbatim(shown.join("\r\n"));
  },
});

function wantedSections(call: Call): Section[] {
  const words = Array.from({ length: call.argc - 1 }, (_, i) => call.text(i + 1).toLowerCase());
  const wants = (...names: string[]): boolean => names.some((name) => words.includes(name));
  const defaults = words.length === 0 || wants("default");
  const all = wants("all", "everything");
  return SECTIONS.filter(
    ({ title, isDefault, isOfAll }) =>
      (defaults && isDefault) || (all && isOfAll) || wants(title.toLowerCase()),
  );
}

function textOf({ title, fields }: Section, engine: Engine): string {
  const lines = fields(engine).map(([name, value]) => `${name}:${value}\r\n`);
  return `# ${title}\r\n${lines.join("")}`;
}
