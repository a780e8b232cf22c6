/** Going on in a new file when a sync has failed: tried until it succeeds (replacement.ts). */

import type { Clock } from "../platform/clock.js";
import type { Activity } from "./activity.js";
import type { AofDirectory } from "./directory.js";
import type { Health } from "./health.js";
import { Loss } from "./loss.js";
import { type Replacement, replacementOf, retryOfName } from "./replacement.js";
import type { Tail } from "./tail.js";

export class Mending {
  /** What the new file may lack all the same. */
  readonly loss = new Loss();
  private replacement: Replacement | null = null;

  constructor(
    private readonly directory: AofDirectory,
    private readonly clock: Clock,
    private readonly health: Health,
    private readonly activity: Activity,
  ) {}

  /** Whether it has been begun. */
  get isBegun(): boolean {
    return this.replacement !== null;
  }

  /** Something else has replaced the file. `isDoubtful`: nobody knows whether its name is on the device. */
  replaced(isDoubtful: boolean): void {
    this.replacement = isDoubtful ? retryOfName(this.directory) : null;
  }

  /** The file is given up as it is. */
  giveUp(): void {
    this.replacement?.giveUp();
  }

  /** Does what is left to do. Gives back by how much the files before the new one have grown; null when it failed. */
  async run(tail: Tail): Promise<number | null> {
    this.replacement ??= replacementOf(this.directory, tail, this.clock);
    if (tail.hasLetGo) this.loss.suffered(tail.written);
    this.activity.replacing = true;
    const goOn = await this.replacement.run().catch((error: unknown) => {
      this.health.fail("broken", error, "Could not continue in a new AOF file");
      return null;
    });
    this.activity.replacing = false;
    if (goOn === null) return null;
    this.replacement = null;
    return goOn(tail);
  }
}
