/** After three rewrites in a row that failed, the next one waits: a minute, two, four, up to an hour. */

import type { LogLine } from "./directory.js";

const FAILURES = 3;
const MINUTES_MAX = 60;

export class RewriteLimit {
  /** Rewrites that failed since the last one that did not. */
  failures = 0;
  private minutes = 0;
  private untilMs = 0;

  constructor(private readonly log: LogLine) {}

  failed(nowMs: number): void {
    if (++this.failures < FAILURES) return;
    this.minutes = Math.min(MINUTES_MAX, this.minutes === 0 ? 1 : this.minutes * 2);
    this.untilMs = nowMs + this.minutes * 60_000;
    this.log(
      "warning",
      `Background AOF rewrite has repeatedly failed and triggered the limit, will retry in ${this.minutes} minutes`,
    );
  }

  /** A rewrite went well, or somebody asks for one himself. */
  succeeded(): void {
    this.failures = 0;
    this.minutes = 0;
    this.untilMs = 0;
  }

  /** Whether no rewrite may begin by itself. */
  holds(nowMs: number): boolean {
    return nowMs < this.untilMs;
  }
}
