/** Requests a second under `appendfsync everysec`: four commands at three depths of the pipeline. */

import { fill } from "./connection.js";
import { withBoth } from "./contender.js";
import type { Effort, Figure } from "./figure.js";
import { compareLoad, KEYS } from "./load.js";

const TESTS = ["set", "get", "incr", "mset"];
const PIPELINES = [1, 16, 64];

export async function throughput(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  for (const test of TESTS)
    await withBoth({}, async (both) => {
      for (const server of both) await fill(server.port, KEYS);
      for (const pipeline of PIPELINES) {
        const rates = await compareLoad(both, { test, pipeline }, effort);
        const name = `${test.toUpperCase()}, pipeline ${pipeline}`;
        show({
          name,
          unit: "requests/s",
          ...rates,
          demand: { of: "ratio", bound: "at least", limit: limit(test, pipeline) },
        });
      }
    });
}

/** SET and GET keep up with redis-server where commands come in pipelines; elsewhere nine tenths of it will do. */
function limit(test: string, pipeline: number): number {
  return (test === "set" || test === "get") && pipeline > 1 ? 1.0 : 0.9;
}
