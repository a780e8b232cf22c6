/**
 * A program that runs Tidemark and watches its event loop. Arguments: directives as on the command line. The parent
 * sends "reset" to begin a measurement and "report" to get the longest pause since then, in milliseconds.
 */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { Tidemark } from "#tidemark/index.js";

/** The monitor fires this often, and counts from one firing to the next. */
const RESOLUTION_MS = 1;

const words = process.argv.slice(2);
const directives: Record<string, string> = {};
for (let i = 0; i + 1 < words.length; i += 2)
  directives[(words[i] as string).replace(/^--/, "")] = words[i + 1] as string;

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();
const server = await Tidemark.start(directives);
process.on("message", (message) => {
  if (message === "reset") delays.reset();
  process.send?.(message === "report" ? Math.max(0, delays.max / 1e6 - RESOLUTION_MS) : "done");
});
process.on("SIGTERM", async () => {
  await server.close();
  process.exit(0);
});
