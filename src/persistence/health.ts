/** What the disk does to the append-only file; the states are those of the essay in aof-parts.ts. */

import { systemReason } from "../config/kinds/directory.js";
import type { LogLine } from "../util/log-line.js";

export class Health {
  /** The disk has begun to fail; not called again until it has worked in between. */
  onFailure: (() => void) | null = null;
  state: "open" | "full" | "broken" | "closed" = "open";
  /** Why the disk fails, or did last. */
  lastError = "";

  constructor(private readonly writeLog: LogLine) {}

  get isOpen(): boolean {
    return this.state === "open";
  }

  get isFailing(): boolean {
    return this.state === "full" || this.state === "broken";
  }

  /** `what` has ended in this error. Each failure, and each new reason of it, is one line of the log. */
  fail(state: "full" | "broken", error: unknown, what: string): void {
    const reason = systemReason(error);
    const isNew = !this.isFailing;
    if (isNew || reason !== this.lastError) this.writeLog("warning", `${what}: ${reason}`);
    this.lastError = reason;
    // A file that cannot be synced stays broken, whatever a write to it says.
    if (this.state !== "broken") this.state = state;
    if (isNew) this.onFailure?.();
  }

  recovered(): void {
    this.state = "open";
    this.writeLog("warning", "AOF write error looks solved. The server can write again.");
  }
}
