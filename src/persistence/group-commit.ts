/**
 * When to start the next sync under `appendfsync always`.
 *
 * One sync serves every client whose bytes were written before it began; bytes that come in while it runs wait for
 * the next one. So clients that wait for each reply fall into two halves: those that the sync serves, and those that
 * write meanwhile. When it ends there are two things to do:
 *
 *  - **Take turns**: sync what the one half has written, while the other half gets its replies and writes again. The
 *    device and the loop both work all the time, but each sync carries half of what it could.
 *  - **Gather**: let the replies leave, wait for those clients to write again, and sync for all. Each sync carries
 *    everything, but the loop has nothing to do while it runs.
 *
 * With a sync that takes S, and clients that take G to get their replies and write again, all of them together, turns
 * serve half of them in max(S, G / 2), and gathering serves all of them in S + G. So gathering is better exactly where
 * S > G: few clients, or a slow device. Both are measured all the time: S is how long syncs take, G how many bytes
 * all clients write times how long a byte took lately. Turns want halves that stay halves: a sync that has only a few
 * clients to serve waits for more, too.
 *
 * The waiting ends when enough bytes are there of those that were under way before, or when those that are missing
 * have had twice the time that they should need, and at most the time of a sync, beyond which nothing is to be gained:
 * clients also go away, or think before they write again. A client that is alone, or comes later than that, does not wait.
 */

import type { Clock } from "../platform/clock.js";

/** Of the bytes under way: what is everything, and what is a half. Requests differ in size. */
const EVERYTHING = 0.98;
const HALF = 0.45;
/** Waiting may take so many times as long as it should. */
const PATIENCE = 2;
/** What should be shorter is taken to need this long: the loop itself takes a few turns. */
const SHORTEST_US = 50;
/** No waiting takes more turns of the loop, however little time they take. */
const TURNS = 1000;
/** What the newest measurement counts for. */
const NEWEST = 1 / 8;
/**
 * What takes less is awaited by a loop that keeps turning: a timer is no more exact than that, and on a device that
 * syncs in a fraction of a millisecond, waking up again takes as long as the sync.
 */
const AWAKE_US = 1000;

export class GroupCommit {
  /** How long a sync takes. */
  private syncUs = Number.NaN;
  /** How long it takes until clients have written another byte after they got their replies. */
  private usPerByte = Number.NaN;

  /** When the last sync ended, and the log's offset there; and when anything has come since, and up to where. */
  private endedUs = Number.NaN;
  private endedAt = 0;
  private arrivedUs = 0;
  private arrivedAt = 0;

  private wantedBytes = 0;
  private openUntilUs = 0;
  private turnsLeft = 0;
  /** Whether `again` is going to be called. */
  private waiting = false;

  /** `again`: the next sync may begin. */
  constructor(
    private readonly clock: Clock,
    private readonly again: () => void,
  ) {}

  /** The log has grown to this offset. */
  arrived(offset: number): void {
    this.arrivedAt = offset;
    this.arrivedUs = this.clock.monotonicUs();
  }

  /** A sync has ended that began then. `from`: where what it carried begins; everything behind it is all clients' work. */
  completed(beganUs: number, from: number): void {
    const now = this.clock.monotonicUs();
    this.syncUs = smoothed(this.syncUs, now - beganUs);
    const bytes = this.arrivedAt - this.endedAt;
    if (bytes > 0) this.usPerByte = smoothed(this.usPerByte, (this.arrivedUs - this.endedUs) / bytes);
    this.endedUs = now;
    this.endedAt = this.arrivedAt;

    const underWay = this.arrivedAt - from;
    const gatheringUs = underWay * this.usPerByte;
    this.wantedBytes = underWay * (gatheringUs > this.syncUs ? HALF : EVERYTHING);
    const patienceUs = Math.min(gatheringUs * PATIENCE, this.syncUs);
    this.openUntilUs = now + Math.max(patienceUs, SHORTEST_US);
    this.turnsLeft = TURNS;
  }

  /** Whether the next sync still waits for company; then `again` is called when it has waited for a moment. */
  isOpen(waitingBytes: number): boolean {
    const leftUs = this.openUntilUs - this.clock.monotonicUs();
    const isOpen = this.turnsLeft > 0 && waitingBytes < this.wantedBytes && leftUs > 0;
    if (isOpen && !this.waiting) {
      this.waiting = true;
      const resume = (): void => {
        this.waiting = false;
        this.turnsLeft--;
        this.again();
      };
      if (leftUs > AWAKE_US) this.clock.after(1, resume);
      else this.clock.endOfTurn(resume);
    }
    return isOpen;
  }

  /** Keeps the loop turning while a short sync runs, whose end all clients wait for. */
  stayAwake(isSyncing: () => boolean, untilUs = this.clock.monotonicUs() + AWAKE_US): void {
    if (this.syncUs > AWAKE_US) return;
    this.clock.endOfTurn(() => {
      if (isSyncing() && this.clock.monotonicUs() < untilUs) this.stayAwake(isSyncing, untilUs);
    });
  }
}

function smoothed(before: number, now: number): number {
  return Number.isNaN(before) ? now : before + (now - before) * NEWEST;
}
