/** What a CONFIG SET changes in the running server, beyond the value that is read where it is used. */

import type { Engine } from "../engine/engine.js";
import type { Cron } from "./cron.js";
import { ListenError, type Listeners } from "./listeners.js";

/** The parts that follow the configuration. */
export interface Followers {
  readonly listeners: Listeners;
  readonly cron: Cron;
}

/** Puts the configuration into the parts that keep something of it, now and whenever it changes. */
export function applyConfig(engine: Engine, { listeners, cron }: Followers): void {
  const { config, keyspace, slowLog } = engine;
  const follow = (names: Parameters<typeof config.onChange>[0], apply: () => void): void => {
    apply();
    config.onChange(names, () => {
      apply();
      return undefined;
    });
  };
  follow(["maxmemory-policy", "lfu-log-factor", "lfu-decay-time"], () => {
    const { settings } = keyspace.access;
    settings.lfu = config.values["maxmemory-policy"].endsWith("-lfu");
    settings.logFactor = config.values["lfu-log-factor"];
    settings.decayMinutes = config.values["lfu-decay-time"];
  });
  follow(["slowlog-log-slower-than", "slowlog-max-len"], () => {
    slowLog.thresholdUs = config.values["slowlog-log-slower-than"];
    slowLog.limit(config.values["slowlog-max-len"]);
  });
  follow("notify-keyspace-events", () => {
    keyspace.notifyKinds = engine.notifications.kinds;
  });
  config.onChange(["hz", "dynamic-hz"], () => void cron.start());
  config.onChange("maxmemory", () => void applyLimit(engine));
  config.onChange(["port", "bind"], () => {
    listeners.reopen().catch((error: Error) => {
      const text = error instanceof ListenError ? error.message : `Cannot listen: ${error.message}`;
      engine.services.log("warning", text);
    });
    return undefined;
  });
}

function applyLimit({ config, eviction, memory, services }: Engine): void {
  const limit = config.values.maxmemory;
  const used = memory.evictableBytes;
  if (limit > 0 && limit < used)
    services.log(
      "warning",
      `WARNING: the new maxmemory value set via CONFIG SET (${limit}) is smaller than the current memory usage (${used}). ` +
        "This will result in key eviction and/or the inability to accept new write commands depending on the maxmemory-policy.",
    );
  eviction.makeRoom();
}
