/**
 * When to start the next sync under `appendfsync always`.
 *
 * One sync serves every client whose bytes were written before it began; bytes that come in while it runs wait for
 * the next one. When it ends, replies leave, and those clients write again, one after the other. A sync that began with
 * the first of them would carry little, and leave the others to the one after it: twice the syncs, each of which costs
 * the processor as much as several requests do, and for most clients no less time. So the next sync gathers: it waits
 * until as many clients are there as were waiting when the last one ended.
 *
 * While the loop has other clients to serve, waiting costs nothing. What it costs is a loop that has nothing to do;
 * and clients also go away, or think before they write again. So it ends when the loop has been idle for twice the time
 * that a sync takes, all in all: on a slow device it pays to wait for clients that are far away, on a quick one it does
 * not. A client that is alone waits for nobody.
 */

import type { Clock } from "../platform/clock.js";

/** Of the clients that were waiting: what is as good as all. */
const ALL = 0.9;
/** How long the loop may be idle, in times that a sync takes. */
const PATIENCE = 2;
/** What should be shorter is taken to need this long: the loop itself takes a few turns. */
const SHORTEST_US = 50;
/** No waiting takes more idle turns of the loop, however little time they take. */
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
  /** Clients that wait: now, of these for the sync that runs, and how many the next one would like to have. */
  private clients = 0;
  private carried = 0;
  private wanted = 0;

  /** How long the loop may still be idle, and for how many turns; and when we looked last, and at how many clients. */
  private idleUs = 0;
  private turnsLeft = 0;
  private lookedUs = 0;
  private lookedAt = 0;
  /** Whether `again` is going to be called. */
  private waiting = false;

  /** `again`: the next sync may begin. */
  constructor(
    private readonly clock: Clock,
    private readonly again: () => void,
  ) {}

  /** So many clients wait for this sync or the next. */
  awaitedBy(clients: number): void {
    this.clients = clients;
  }

  /** A sync begins that carries what all of them wait for. */
  began(): void {
    this.carried = this.clients;
  }

  /** It has ended, after so long. */
  completed(tookUs: number): void {
    this.syncUs = Number.isNaN(this.syncUs) ? tookUs : this.syncUs + (tookUs - this.syncUs) * NEWEST;
    this.wanted = this.clients * ALL;
    this.clients -= this.carried;
    this.idleUs = Math.max(this.syncUs * PATIENCE, SHORTEST_US);
    this.turnsLeft = TURNS;
  }

  /** Whether the next sync still waits for company; then `again` is called when it has waited for a moment. */
  get isOpen(): boolean {
    const isOpen = this.clients < this.wanted && this.idleUs > 0 && this.turnsLeft > 0;
    if (isOpen && !this.waiting) this.wait();
    return isOpen;
  }

  private wait(): void {
    this.waiting = true;
    this.lookedUs = this.clock.monotonicUs();
    this.lookedAt = this.clients;
    const resume = (): void => {
      this.waiting = false;
      if (this.clients <= this.lookedAt) {
        this.idleUs -= this.clock.monotonicUs() - this.lookedUs;
        this.turnsLeft--;
      }
      this.again();
    };
    if (this.idleUs > AWAKE_US) this.clock.after(1, resume);
    else this.clock.endOfTurn(resume);
  }

  /** Keeps the loop turning while a short sync runs, whose end all clients wait for. */
  stayAwake(isSyncing: () => boolean, untilUs = this.clock.monotonicUs() + AWAKE_US): void {
    if (this.syncUs > AWAKE_US) return;
    this.clock.endOfTurn(() => {
      if (isSyncing() && this.clock.monotonicUs() < untilUs) this.stayAwake(isSyncing, untilUs);
    });
  }
}
