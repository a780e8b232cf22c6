/** A bar on standard error that shows how far a tool is, while somebody watches it on a terminal. */

import type { Platform } from "../../platform/platform.js";

const WIDTH = 32;
const REDRAW_MS = 100;

export class Progress {
  private drawnMs = 0;
  private isDrawn = false;

  /** `unit` is what is counted, as in "12 of 40 keys". */
  constructor(
    private readonly platform: Platform,
    private readonly unit: string,
  ) {}

  /** May be called as often as one likes. */
  update(done: number, total: number): void {
    const { host, clock } = this.platform;
    if (!host.isTerminal || total <= 0) return;
    const now = clock.now();
    if (now - this.drawnMs < REDRAW_MS) return;
    this.drawnMs = now;
    this.isDrawn = true;
    const share = Math.min(1, done / total);
    const bar = "#".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, ".");
    host.write("stderr", `\r[${bar}] ${Math.floor(share * 100)}%  ${done} of ${total} ${this.unit}\x1b[K`);
  }

  /** Takes the bar away; call it before anything else is printed. */
  clear(): void {
    if (this.isDrawn) this.platform.host.write("stderr", "\r\x1b[K");
    this.isDrawn = false;
    this.drawnMs = 0;
  }
}
