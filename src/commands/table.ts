/** All commands, by folder. */

import type { Declaration } from "../engine/command.js";
import { bitmapCommands } from "./bitmap/index.js";
import { clusterCommands } from "./cluster/index.js";
import { connectionCommands } from "./connection/index.js";
import { genericCommands } from "./generic/index.js";
import { hashCommands } from "./hash/index.js";
import { listCommands } from "./list/index.js";
import { pubsubCommands } from "./pubsub/index.js";
import { serverCommands } from "./server/index.js";
import { setCommands } from "./set/index.js";
import { sortedSetCommands } from "./sorted-set/index.js";
import { stringCommands } from "./string/index.js";
import { transactionCommands } from "./transactions/index.js";

export const commandTable: readonly Declaration[] = [
  ...stringCommands,
  ...bitmapCommands,
  ...listCommands,
  ...setCommands,
  ...hashCommands,
  ...genericCommands,
  ...transactionCommands,
  ...connectionCommands,
  ...clusterCommands,
  ...pubsubCommands,
  ...serverCommands,
  ...sortedSetCommands,
];
