/**
 * After three rewrites in a row that failed, the next one waits: a minute, two, four, up to an hour. Except where writes
 * are refused until it has succeeded: then a second is enough. The times are those of a clock that nobody sets.
 */

import type { LogLine } from "../util/log-line.js";

const FAILURES = 3;
const MINUTES_MAX = 60;
const MINUTE_US = 60_000_000;
const URGENT_US = 1_000_000;

export class RewriteLimit {
  /** Rewrites that failed since the last one that did not. */
  failures = 0;
  private minutes = 0;
  private untilUs = 0;
  private failedUs = Number.NEGATIVE_INFINITY;

  constructor(private readonly log: LogLine) {}

  failed(nowUs: number): void {
    this.failedUs = nowUs;
    if (++this.failures < FAILURES) return;
    this.minutes = Math.min(MINUTES_MAX, this.minutes === 0 ? 1 : this.minutes * 2);
    this.untilUs = nowUs + this.minutes * MINUTE_US;
    this.log(
      "warning",
      `Background AOF rewrite has repeatedly failed and triggered the limit, will retry in ${this.minutes} minutes`,
    );
  }

  /** A rewrite went well, or somebody asks for one himself. */
  succeeded(): void {
    this.failures = 0;
    this.minutes = 0;
    this.untilUs = 0;
  }

  /** Whether no rewrite may begin by itself. `isUrgent`: writes are refused until one succeeds. */
  holds(nowUs: number, isUrgent = false): boolean {
    return nowUs < (isUrgent ? Math.min(this.untilUs, this.failedUs + URGENT_US) : this.untilUs);
  }
}
