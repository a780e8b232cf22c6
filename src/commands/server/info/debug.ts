/** INFO debug: where the event loop's time goes, shown only to those who ask for it by name. */

import { section } from "./section.js";

export const debug = section(
  "Debug",
  ({ statistics }) => [
    ["eventloop_duration_aof_sum", Math.floor(statistics.logUs)],
    ["eventloop_duration_cron_sum", Math.floor(statistics.cronUs)],
    ["eventloop_duration_max", Math.floor(statistics.turnUsMax)],
    ["eventloop_cmd_per_cycle_max", statistics.commandsPerTurnMax],
  ],
  { isDefault: false, isOfAll: false },
);
