/** Copying commands from one log file to another. */

import type { Clock } from "../platform/clock.js";
import type { DiskFile } from "../platform/disk.js";
import { writeAll } from "./durable-file.js";
import { LogWindow } from "./log-window.js";

/** Appends the commands of source[start..end) without its annotations, block by block, with a turn of the loop after each. */
export async function copyCommands(
  source: DiskFile,
  start: number,
  end: number,
  target: DiskFile,
  clock: Clock,
): Promise<void> {
  const window = new LogWindow(source, start, end);
  do {
    for (; window.next(); window.take()) if (window.request.argc > 0) writeAll(target, window.piece);
    await new Promise<void>((resolve) => clock.endOfTurn(resolve));
  } while (window.fill());
}
