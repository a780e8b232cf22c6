/** Those who wait until replicas, or the file, have what was written (WAIT, WAITAOF). */

export interface AckWaiter {
  /** Somebody has more than before: ends the wait if that is enough. */
  check(): void;
}

export class AckWaiters {
  private readonly waiters = new Set<AckWaiter>();

  add(waiter: AckWaiter): void {
    this.waiters.add(waiter);
  }

  forget(waiter: AckWaiter): void {
    this.waiters.delete(waiter);
  }

  /** A replica or the file has come further. */
  serve(): void {
    if (this.waiters.size > 0) for (const waiter of [...this.waiters]) waiter.check();
  }
}
