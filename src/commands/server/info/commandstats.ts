/** INFO commandstats and latencystats: a line for each command that was called. */

import type { Command } from "../../../engine/command.js";
import type { Engine } from "../../../engine/engine.js";
import { type Field, section } from "./section.js";

/** Containers and their subcommands. */
function allCommands({ commands }: Engine): Command[] {
  return [...commands.all()].flatMap((command) => [command, ...command.subcommands.values()]);
}

export const commandStats = section(
  "Commandstats",
  (engine) =>
    allCommands(engine)
      .filter(({ calls, rejected, failed }) => calls + rejected + failed > 0)
      .map(statsOf),
  { isDefault: false },
);

function statsOf({ fullName, calls, microseconds, rejected, failed }: Command): Field {
  const perCall = calls === 0 ? 0 : microseconds / calls;
  return [
    `cmdstat_${fullName}`,
    `calls=${calls},usec=${Math.floor(microseconds)},usec_per_call=${perCall.toFixed(2)},` +
      `rejected_calls=${rejected},failed_calls=${failed}`,
  ];
}

export const latencyStats = section(
  "Latencystats",
  ({ histograms, config }) => {
    const percentiles = config.values["latency-tracking-info-percentiles"];
    return [...histograms.all()].map(([{ fullName }, histogram]): Field => {
      const values = percentiles.map((percent) => `p${percent}=${histogram.percentile(percent).toFixed(3)}`);
      return [`latency_percentiles_usec_${fullName}`, values.join(",")];
    });
  },
  { isDefault: false },
);
