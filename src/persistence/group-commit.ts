/**
 * When to start the next sync under `appendfsync always`.
 *
 * One sync serves every client whose bytes were written before it began; bytes that come in while it runs wait for
 * the next one. If that began as soon as the last one has ended, it would serve those who wrote meanwhile, and two
 * halves of the clients would take turns for ever, each sync carrying half of what it could. So the replies leave
 * first, and then the next sync waits for the clients that got them to write again: until as many bytes wait as were
 * under way before, or the loop has turned a few times. A turn that has nothing to do takes a few microseconds, one
 * with requests in it as long as they take, so this is long while clients are coming back and short when none is.
 * Turns that are long (others keep the loop busy) do not add up beyond `PATIENCE_US`. A client that is alone does not
 * wait: its own bytes are all that can be expected.
 *
 * Measured (2 cores, fdatasync 0.2 to 0.5 ms, 50 clients, one request at a time): with no turn a sync carries 22
 * requests, with 4 turns 31, with 20 turns 39, and with 20 turns 15 to 20 % more requests a second are served.
 */

const TURNS = 20;
const PATIENCE_US = 1000;
/** Of the bytes under way: enough to stop waiting. Requests differ in size. */
const ENOUGH = 0.98;

export class GroupCommit {
  private expectedBytes = 0;
  private turnsLeft = 0;
  private openUntilUs = 0;

  /** A sync has ended; `bytes`: what it carried and what came in meanwhile, the work of all clients that write. */
  completed(bytes: number, nowUs: number): void {
    this.expectedBytes = bytes;
    this.turnsLeft = TURNS;
    this.openUntilUs = nowUs + PATIENCE_US;
  }

  /** The loop has turned. */
  turned(): void {
    this.turnsLeft--;
  }

  /** Whether the next sync still waits for company. */
  isOpen(waitingBytes: number, nowUs: number): boolean {
    return this.turnsLeft > 0 && nowUs < this.openUntilUs && waitingBytes < this.expectedBytes * ENOUGH;
  }
}
