/** When the device is asked for what the kernel has of the log, and up to where it has it; essay in aof-parts.ts. */

import type { Clock } from "../platform/clock.js";
import type { Activity } from "./activity.js";
import type { FsyncPolicy } from "./aof-parts.js";
import { GroupCommit } from "./group-commit.js";
import type { Health } from "./health.js";
import type { Tail } from "./tail.js";

/** From one sync of `everysec` to the next. */
const PERIOD_US = 1_000_000;

export interface SyncingParts {
  readonly clock: Clock;
  readonly health: Health;
  readonly tail: Tail;
  readonly activity: Activity;
  /** A sync has ended: well, and it began then; or not, and `health` knows. */
  readonly ended: (began: number | null) => void;
}

export class Syncing {
  /** Up to here the device has the log. */
  synced: number;
  /** Up to here somebody wants it there, whatever the policy is. */
  private wanted = 0;
  private startedUs: number;
  private readonly group: GroupCommit;

  constructor(
    private readonly parts: SyncingParts,
    public policy: FsyncPolicy,
  ) {
    this.synced = parts.tail.written;
    this.startedUs = parts.clock.monotonicUs();
    this.group = new GroupCommit(parts.clock, () => this.consider());
  }

  // ---- What the device has ----

  /** Something has come that ends where the device already was (tail.ts). */
  stepBack(): void {
    this.synced = Math.min(this.synced, this.parts.tail.syncLimit);
  }

  /** The device has all that the kernel has. */
  caughtUp(): void {
    this.synced = this.parts.tail.written;
  }

  // ---- When it is asked ----

  /** So many clients wait until they may be acknowledged. */
  awaitedBy(clients: number): void {
    this.group.awaitedBy(clients);
    this.consider();
  }

  /** Somebody waits until the device has the log up to there. */
  upTo(offset: number): void {
    this.wanted = Math.max(this.wanted, offset);
    this.consider();
  }

  /** The sync of `everysec`. */
  cron(nowUs: number): void {
    const isDue = this.policy === "everysec" && nowUs - this.startedUs >= PERIOD_US;
    if (isDue && this.canStart) this.start();
  }

  /** Starts a sync if the policy wants one now. */
  consider(): void {
    if (!this.canStart) return;
    const isDue =
      this.policy === "always"
        ? !this.group.isOpen
        : this.wanted > this.synced || (this.policy === "everysec" && this.parts.tail.retainsMuch);
    if (isDue) this.start();
  }

  get canStart(): boolean {
    const { health, activity, tail } = this.parts;
    if (!health.isOpen && health.state !== "full") return false;
    return !activity.syncing && !activity.cutting && tail.written > this.synced;
  }

  // ---- How ----

  start(): void {
    const { clock, tail, activity } = this.parts;
    const { written, wholeBytes } = tail.beginSync();
    const began = clock.monotonicUs();
    activity.syncing = true;
    this.startedUs = began;
    this.group.began();
    tail.file.sync().then(
      () => this.succeeded(written, wholeBytes, began),
      (error: unknown) => this.failed(error),
    );
    if (this.policy === "always") this.group.stayAwake(() => activity.syncing);
  }

  private succeeded(offset: number, length: number, began: number): void {
    const { clock, tail, activity, ended } = this.parts;
    activity.syncing = false;
    this.group.completed(clock.monotonicUs() - began);
    this.deviceHas(offset, length);
    if (this.policy === "no") tail.release(tail.wholeBytes);
    ended(began);
  }

  private failed(error: unknown): void {
    const { activity, ended } = this.parts;
    activity.syncing = false;
    this.broke(error);
    ended(null);
  }

  /** A sync here and now, if the device takes it. */
  now(): void {
    const { tail } = this.parts;
    const { written, wholeBytes } = tail.beginSync();
    try {
      tail.file.syncNow();
      this.deviceHas(written, wholeBytes);
    } catch (error) {
      this.broke(error);
    }
  }

  /** The sync of a file that ends here. Rejects when the device does not take it. */
  async held(): Promise<void> {
    const { tail } = this.parts;
    const { written, wholeBytes } = tail.beginSync();
    await tail.file.sync().catch((error: unknown) => {
      this.broke(error);
      throw error;
    });
    this.deviceHas(written, wholeBytes);
  }

  /** The device has the log up to this offset, which the file has in so many bytes. */
  private deviceHas(offset: number, length: number): void {
    const { tail } = this.parts;
    this.synced = Math.min(offset, tail.syncLimit);
    tail.deviceHas(length);
  }

  private broke(error: unknown): void {
    this.parts.health.fail("broken", error, "Fail to fsync the AOF file");
  }
}
