/** What is under way with the append-only file, and who waits until nothing is. */
export class Activity {
  writing = false;
  syncing = false;
  replacing = false;
  /** A rewrite is about to go on in another file: no sync may begin. */
  cutting = false;
  /** The file ends here: what comes in waits until it is known in which file the log goes on. */
  held = false;
  private readonly whenIdle: (() => void)[] = [];

  get isIdle(): boolean {
    return !this.writing && !this.syncing && !this.replacing && !this.held;
  }

  async idle(): Promise<void> {
    while (!this.isIdle) await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }

  /** It is known in which file the log goes on. */
  cutOver(): void {
    this.cutting = false;
    this.held = false;
  }

  /** Something has ended. */
  settled(): void {
    if (this.isIdle) for (const resume of this.whenIdle.splice(0)) resume();
  }
}
