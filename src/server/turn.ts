/**
 * The end of a turn of the event loop, where everything that was done in it takes effect outside:
 *
 *  1. clients that the turn has unblocked go on with what they have sent meanwhile;
 *  2. the log's bytes of the turn go to the append-only file, in one write;
 *  3. the replicas get the log's bytes, too;
 *  4. replies leave whose place in the log is safe; the others wait for the file's progress.
 *
 * Commands run in the poll phase, for all sockets that were ready; the check phase that follows is here.
 */

import type { Engine } from "../engine/engine.js";
import type { AppendOnlyFile } from "../persistence/append-only-file.js";
import type { Connection } from "./connection.js";

/** After so long a turn runs no further commands: whoever still has some waits for the next one. */
const TURN_US = 3000;

export class Turn {
  private pending: Connection[] = [];
  /** Takes the place of `pending` while that is gone through, and is empty. */
  private spare: Connection[] = [];
  /** Connections that have more to run in a later turn, in the order of their coming. */
  private deferred: Connection[] = [];
  /** Connections whose clients wait no longer for what had blocked them. */
  private woken: Connection[] = [];
  /** Connections whose replies wait for the log to become safe. */
  private waiting: Connection[] = [];
  /** How far the log was safe when they were last looked at. */
  private lookedAt = 0;
  private scheduled = false;
  private readonly atEnd = (): void => this.end();
  /** DEBUG AOF-FLUSH-SLEEP. */
  flushSleepUs = 0;

  constructor(
    private readonly engine: Engine,
    /** Stores the log; null while the append-only file is off. */
    private readonly sink: () => AppendOnlyFile | null,
  ) {}

  /** The connection has something to send. */
  schedule(connection: Connection): void {
    this.request();
    if (connection.scheduled) return;
    connection.scheduled = true;
    this.pending.push(connection);
  }

  /** Something went into the log although no connection has a reply: the turn must still end. */
  request(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.engine.platform.clock.endOfTurn(this.atEnd);
  }

  /** Whether the turn has run commands for so long that it should end. */
  get isLong(): boolean {
    return this.engine.turnUs > TURN_US;
  }

  /** The connection has been read and must wait for a turn that is not long. */
  defer(connection: Connection): void {
    this.request();
    if (this.deferred.push(connection) === 1) {
      this.engine.platform.clock.endOfTurn(() => this.engine.platform.clock.endOfTurn(() => this.goOn()));
    }
  }

  /** The connection's client may run commands again: at the end of this turn. */
  wake(connection: Connection): void {
    this.request();
    this.woken.push(connection);
  }

  private goOn(): void {
    const waited = this.deferred;
    this.deferred = [];
    this.proceed(waited);
  }

  private proceed(connections: readonly Connection[]): void {
    this.engine.refreshTime();
    for (const connection of connections) {
      if (this.isLong) this.defer(connection);
      else connection.proceed();
    }
  }

  /** The log has become safe further, or has failed to: replies that waited for it leave, as they are or as errors. */
  progress(): void {
    this.engine.services.primary.waiters.serve();
    this.releaseWaiting();
    this.sink()?.awaitedBy(this.waiting.length);
  }

  private releaseWaiting(): void {
    this.lookedAt = this.sink()?.ackOffset ?? 0;
    const waited = this.waiting;
    this.waiting = [];
    for (const connection of waited) this.release(connection);
  }

  forget(connection: Connection): void {
    const at = this.waiting.indexOf(connection);
    if (at !== -1) this.waiting.splice(at, 1);
  }

  /** Ends the turn now: for the loop, and for a shutdown. */
  end(): void {
    const { clock } = this.engine.platform;
    // What they do may unblock others.
    while (this.woken.length > 0) {
      const { woken } = this;
      this.woken = [];
      this.proceed(woken);
    }
    this.scheduled = false;
    const { primary } = this.engine.services;
    const beganUs = clock.monotonicUs();
    if (primary.wantsAcks) this.askForAcks();
    this.drain();
    const loggedUs = clock.monotonicUs();
    // Before the replies: what a client has been told is on its way, whatever becomes of this process.
    primary.feed();
    primary.waiters.serve();
    // Whoever has waited and written again may wait for what this turn has made safe, and nobody else would tell.
    if (this.waiting.length > 0 && this.sink()?.ackOffset !== this.lookedAt) this.releaseWaiting();
    const ready = this.pending;
    this.pending = this.spare;
    for (const connection of ready) this.release(connection);
    ready.length = 0;
    this.spare = ready;
    this.sink()?.awaitedBy(this.waiting.length);
    this.engine.statistics.turnEnded(clock.monotonicUs(), loggedUs - beganUs);
  }

  /** Somebody waits for the replicas. While a pause holds the writes, the stream must stand still as well. */
  private askForAcks(): void {
    const { engine } = this;
    if (engine.clients.paused || engine.services.primary.isQuiet) return;
    engine.services.primary.wantsAcks = false;
    engine.runUnit(() => engine.unit.tell(-1, ["REPLCONF", "GETACK", "*"]));
  }

  /** Gives what the log holds to the file and the replicas; for the end of the turn, and for whoever needs it there now. */
  drain(): void {
    const sink = this.sink();
    const { log } = this.engine;
    const { primary } = this.engine.services;
    let block = log.take();
    if (block !== null && sink !== null && this.flushSleepUs > 0)
      this.engine.platform.clock.stall(this.flushSleepUs / 1000);
    for (; block !== null; block = log.take()) {
      if (log.hasReplicas && !block.isOwn) {
        log.retain(block);
        primary.take(block);
      }
      if (sink === null) log.release(block);
      else sink.flush(block);
    }
  }

  private release(connection: Connection): void {
    const sink = this.sink();
    const { client } = connection;
    if (sink !== null && client.waitOffset > sink.ackOffset) {
      if (sink.canWrite) {
        this.waiting.push(connection);
        return;
      }
      client.refuseUnsafe(
        `MISCONF Errors writing to the AOF file: ${sink.health.lastError}. The command was executed but is not durable yet`,
      );
    }
    client.safe();
    connection.scheduled = false;
    connection.flush();
  }
}
