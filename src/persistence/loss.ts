/**
 * Bytes that were let go of before the device had them (policy `no`), when a sync fails: nobody has them to write them
 * again, so only a rewrite whose cut is behind them makes the log whole. All places are offsets of the log.
 */
export class Loss {
  private until = -1;
  private cutAt = -1;
  private rewrittenAt = -1;

  /** Whether the log may have a hole. */
  get isOpen(): boolean {
    return this.until > this.rewrittenAt;
  }

  /** Up to where the log is safe if the device has it up to `synced`: -1 while it may have a hole. */
  limit(synced: number): number {
    return this.isOpen ? -1 : synced;
  }

  /** Bytes from before this place may be missing. */
  suffered(offset: number): void {
    this.until = offset;
  }

  /** A rewrite takes the dataset as it is here. */
  cut(offset: number): void {
    this.cutAt = offset;
  }

  /** The rewrite counts. */
  rewritten(): void {
    this.rewrittenAt = this.cutAt;
  }
}
