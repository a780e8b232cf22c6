import assert from "node:assert/strict";
import { test } from "node:test";
import { latencyGraph } from "#tidemark/commands/server/latency/graph.js";
import { fromOptions } from "#tidemark/config/options.js";
import { LatencyMonitor } from "#tidemark/engine/latency-monitor.js";
import { sameReplies } from "../../support/compare.js";
import { simulatedPlatform } from "../../support/platform.js";
import { TidemarkHere } from "../../support/product.js";

sameReplies(
  "LATENCY",
  String.raw`
=== without spikes
LATENCY LATEST
LATENCY HISTORY command
LATENCY HISTORY nosuch
LATENCY GRAPH nosuch
LATENCY RESET
LATENCY RESET command nosuch
=== with one
CONFIG SET latency-monitor-threshold 200
DEBUG SLEEP 0.25
~match "^\\*1\r\n\\*4\r\n\\$7\r\ncommand\r\n:\\d{10}\r\n:\\d+\r\n:\\d+\r\n$" LATENCY LATEST
~match "^\\*1\r\n\\*2\r\n:\\d{10}\r\n:\\d+\r\n$" LATENCY HISTORY command
~match "command - high \\d+ ms, low \\d+ ms \\(all time high \\d+ ms\\)\n-{80}\n \n \n \n_\n \n" LATENCY GRAPH command
LATENCY HISTORY COMMAND
LATENCY RESET nosuch
LATENCY RESET command
LATENCY LATEST
CONFIG SET latency-monitor-threshold 0
DEBUG SLEEP 0.02
LATENCY LATEST
=== HISTOGRAM
CONFIG RESETSTAT
LATENCY HISTOGRAM get
SET a 1
GET a
~match "get\r\n.*calls\r\n:1\r\n.*histogram_usec\r\n[*%][12]\r\n:\\d+\r\n:1\r\n$" LATENCY HISTOGRAM GET
~match "^[*%][24]\r\n\\$3\r\nget\r\n.*\\$3\r\nget\r\n" LATENCY HISTOGRAM get get
~match "config\\|resetstat\r\n" LATENCY HISTOGRAM config
LATENCY HISTOGRAM nosuch
LATENCY HISTOGRAM strlen nosuch
~match "\r\nget\r\n" LATENCY HISTOGRAM
CONFIG SET latency-tracking no
STRLEN a
LATENCY HISTOGRAM strlen
CONFIG SET latency-tracking yes
=== what is wrong
LATENCY
LATENCY nosuch
LATENCY HISTORY
LATENCY HISTORY a b
LATENCY GRAPH
LATENCY LATEST a
LATENCY DOCTOR a
`,
);

test("LATENCY DOCTOR says whether it is on, and what it has seen", async () => {
  const server = await TidemarkHere.start();
  try {
    const client = await server.client();
    const report = async (): Promise<string> => String(await client.call("LATENCY", "DOCTOR"));
    assert.match(await report(), /is off/);
    await client.call("CONFIG", "SET", "latency-monitor-threshold", 200);
    assert.match(await report(), /Nothing has taken 200 milliseconds/);
    await client.call("DEBUG", "SLEEP", "0.25");
    assert.match(await report(), /command: 1 spike, \d+ ms on average/);
    assert.match(await report(), /SLOWLOG GET/);
  } finally {
    await server.close();
  }
});

test("the monitor keeps the worst spike of each second, 160 of them, and the worst ever", () => {
  const platform = simulatedPlatform(1);
  const surroundings = { disk: platform.disk, workingDirectory: "/data" };
  const config = fromOptions(surroundings, { "latency-monitor-threshold": 10 });
  const monitor = new LatencyMonitor(config, platform.clock);
  monitor.record("event", 9.9);
  assert.equal(monitor.event("event"), undefined);
  monitor.record("event", 500.7);
  monitor.record("event", 12);
  assert.deepEqual(
    monitor.event("event")?.spikes.map(({ ms }) => ms),
    [500],
  );
  for (let second = 0; second < 200; second++) {
    platform.clock.stall(1000);
    monitor.record("event", 20);
  }
  assert.equal(monitor.event("event")?.spikes.length, 160);
  assert.equal(monitor.event("event")?.maxMs, 500);
  assert.equal(monitor.reset(["event", "other"]), 1);
  assert.equal(monitor.reset([]), 0);
});

test("the graph has a column for each spike, as high as it was bad, and its age below", () => {
  const spikes = [101, 500, 300, 120].map((ms, i) => ({ time: [0, 100, 3700, 100_000][i]!, ms }));
  const lines = latencyGraph({ name: "event", spikes, maxMs: 900 }, 200_000).split("\n");
  assert.deepEqual(lines, [
    "event - high 500 ms, low 101 ms (all time high 900 ms)",
    "-".repeat(80),
    " #  ",
    " |  ",
    " |# ",
    "_||_",
    "    ",
    "2221",
    "dddd",
    "",
  ]);
});
