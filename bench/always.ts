/** Requests a second when each reply waits for the device. */

import { withBoth } from "./contender.js";
import type { Effort, Figure } from "./figure.js";
import { compareLoad } from "./load.js";

export async function always(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  await withBoth({ fsync: "always" }, async (both) => {
    for (const { clients, limit } of [
      { clients: 50, limit: 1.0 },
      { clients: 200, limit: 1.2 },
    ]) {
      const rates = await compareLoad(both, { test: "set", pipeline: 1, clients }, effort);
      show({
        name: `SET, always, ${clients} clients`,
        unit: "requests/s",
        ...rates,
        demand: { of: "ratio", bound: "at least", limit },
      });
    }
  });
}
