/** LATENCY DOCTOR: what the spikes have in common, and what may help. */

import { command } from "../../../engine/command.js";
import type { Engine } from "../../../engine/engine.js";
import type { LatencyEvent } from "../../../engine/latency-monitor.js";
import { FLAGS, TIPS } from "./traits.js";

export const doctor = command({
  name: "doctor",
  group: "server",
  since: "2.8.13",
  summary: "Explains in words what the latency monitor has seen",
  complexity: "O(1)",
  flags: FLAGS,
  tips: TIPS,
  run(call) {
    call.reply.verbatim(`${report(call.engine)}\n`);
  },
});

function report({ config, latency }: Engine): string {
  const threshold = config.values["latency-monitor-threshold"];
  if (threshold === 0) {
    return "The latency monitor is off. Turn it on with: CONFIG SET latency-monitor-threshold <milliseconds>";
  }
  const events = latency.all;
  if (events.length === 0)
    return `Nothing has taken ${threshold} milliseconds or more since the monitor is on.`;
  const advice = ADVICE.filter(([affected]) => events.some(({ name }) => affected.test(name)));
  return [
    "These events have been slow:",
    ...events.map((event) => `  - ${summary(event)}`),
    "What may help:",
    ...advice.map(([, text]) => `  - ${text}`),
  ].join("\n");
}

/** One event in numbers: how many spikes, how bad, how far apart, and the worst one ever. */
export function summary({ name, spikes, maxMs }: LatencyEvent): string {
  const count = spikes.length;
  const average = spikes.reduce((sum, { ms }) => sum + ms, 0) / count;
  const deviation = spikes.reduce((sum, { ms }) => sum + Math.abs(ms - average), 0) / count;
  const seconds = spikes[count - 1]!.time - spikes[0]!.time;
  const apart = count > 1 ? `, ${(seconds / (count - 1)).toFixed(1)} s apart` : "";
  return (
    `${name}: ${count} ${count === 1 ? "spike" : "spikes"}${apart}, ${Math.round(average)} ms on average ` +
    `(mean deviation ${Math.round(deviation)} ms), ${maxMs} ms at most`
  );
}

const ADVICE: readonly (readonly [affected: RegExp, text: string])[] = [
  [
    /^(fast-)?command$/,
    "SLOWLOG GET names the commands that were slow. A fast command that is slow was kept from the processor.",
  ],
  [
    /^command$/,
    "Commands that look at whole collections or at all keys are better done in pieces: SCAN and its kin.",
  ],
  [/^expire-cycle$/, "Many keys expire at the same time: spread their expiries a little."],
  [
    /^eviction/,
    "Keys are evicted while clients wait: give maxmemory more room, or lower maxmemory-eviction-tenacity.",
  ],
  [
    /^aof-/,
    "The disk is slow. appendfsync everysec waits less for it than always; other programs may be writing to it.",
  ],
  [
    /./,
    "Another program on this machine may want the processor or its memory: look at the load and at swapping.",
  ],
];
