/**
 * A program that runs Tidemark and watches its event loop. Arguments: directives as on the command line. The parent
 * sends "reset" to begin a measurement and "report" to get the longest pause since then, in milliseconds. The
 * environment may say by how many milliseconds each sync takes longer than the disk's.
 */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { fromOptions } from "#tidemark/config/options.js";
import { type DirectiveOptions, Tidemark } from "#tidemark/index.js";
import type { Disk } from "#tidemark/platform/disk.js";
import { nodePlatform } from "#tidemark/platform/platform.js";
import { SYNC_MS } from "./contender.js";

/** The monitor fires this often, and counts from one firing to the next. */
const RESOLUTION_MS = 1;

const words = process.argv.slice(2);
const directives: Record<string, string> = {};
for (let i = 0; i + 1 < words.length; i += 2)
  directives[(words[i] as string).replace(/^--/, "")] = words[i + 1] as string;

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();
const platform = nodePlatform();
const disk = slowDisk(platform.disk, Number(process.env[SYNC_MS] ?? 0));
const surroundings = { disk, workingDirectory: process.cwd() };
const config = fromOptions(surroundings, { loglevel: "nothing", ...directives } as DirectiveOptions);
const server = await Tidemark.launch(config, { platform: { ...platform, disk } });
process.on("message", (message) => {
  if (message === "reset") delays.reset();
  process.send?.(message === "report" ? Math.max(0, delays.max / 1e6 - RESOLUTION_MS) : "done");
});
process.on("SIGTERM", async () => {
  await server.close();
  process.exit(0);
});

/** The disk, with syncs on the thread pool that take so many milliseconds longer. */
function slowDisk(disk: Disk, ms: number): Disk {
  if (ms === 0) return disk;
  return {
    ...disk,
    open(path, mode) {
      const file = disk.open(path, mode);
      const sync = file.sync.bind(file);
      file.sync = async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        await sync();
      };
      return file;
    },
  };
}
