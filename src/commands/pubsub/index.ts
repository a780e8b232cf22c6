/** The commands of group pubsub. */

import type { Declaration } from "../../engine/command.js";
import { publish, spublish } from "./publish.js";
import { pubsub } from "./pubsub.js";
import { psubscribe, punsubscribe, ssubscribe, subscribe, sunsubscribe, unsubscribe } from "./subscribe.js";

export const pubsubCommands: readonly Declaration[] = [
  psubscribe,
  publish,
  pubsub,
  punsubscribe,
  spublish,
  ssubscribe,
  subscribe,
  sunsubscribe,
  unsubscribe,
];
