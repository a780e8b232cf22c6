/** The commands of group transactions. */

import type { Declaration } from "../../engine/command.js";
import { discard, exec, multi } from "./transaction.js";
import { unwatch, watch } from "./watch.js";

export const transactionCommands: readonly Declaration[] = [discard, exec, multi, unwatch, watch];
