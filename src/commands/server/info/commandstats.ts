/** INFO commandstats and latencystats: a line for each command that was called. */

import type { Command } from "../../../engine/command.js";
import { type Field, section } from "./section.js";

export const commandStats = section(
  "Commandstats",
  ({ commands }) =>
    commands
      .whole()
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
  ({ commands, config }) => {
    const percentiles = config.values["latency-tracking-info-percentiles"];
    return commands.whole().flatMap(({ fullName, histogram }): Field[] => {
      if (histogram === null) return [];
      const values = percentiles.map((percent) => `p${percent}=${histogram.percentile(percent).toFixed(3)}`);
      return [[`latency_percentiles_usec_${fullName}`, values.join(",")]];
    });
  },
  { isDefault: false },
);
