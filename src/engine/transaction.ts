/** Commands queued between MULTI and EXEC. */

import { Request } from "../resp/request.js";
import type { Command } from "./command.js";

export interface Queued {
  command: Command;
  readonly request: Request;
}

/** What has become larger than this is not kept for other transactions, and no more than so many are. */
const KEPT_BYTES = 16 * 1024;
const KEPT_COMMANDS = 16;
const KEPT = 16;

export class Transaction {
  /** The commands, of which there are `count`; behind them lies what longer transactions have left, to be used again. */
  private readonly queue: Queued[] = [];
  count = 0;
  /** A command could not be queued: EXEC must fail. */
  failed = false;
  /** Flags that any of the queued commands has. */
  bits = 0;
  /** Flags that all of them have. */
  commonBits = -1;
  /** Bytes that the queued commands take. */
  bytes = 0;

  add(command: Command, request: Request): void {
    const at = this.count++;
    const queued = this.queue[at] ?? { command, request: new Request(request.argc) };
    this.queue[at] = queued;
    queued.command = command;
    request.copyTo(queued.request);
    this.bits |= command.bits;
    this.commonBits &= command.bits;
    this.bytes += queued.request.end;
  }

  at(index: number): Queued {
    return this.queue[index]!;
  }

  /** Whether it has so little memory, used or not, that it may be kept. */
  get isSmall(): boolean {
    let bytes = 0;
    for (let at = 0; at < this.queue.length && at <= KEPT_COMMANDS; at++)
      bytes += this.at(at).request.bytes.length;
    return this.queue.length <= KEPT_COMMANDS && bytes <= KEPT_BYTES;
  }

  clear(): void {
    this.count = 0;
    this.failed = false;
    this.bits = 0;
    this.commonBits = -1;
    this.bytes = 0;
  }
}

/** Transactions that have ended and serve those that begin, so that queueing makes nothing in the steady state. */
export class TransactionPool {
  private readonly free: Transaction[] = [];

  take(): Transaction {
    return this.free.pop() ?? new Transaction();
  }

  /** Takes back what nobody uses any more. */
  give(transaction: Transaction): void {
    if (this.free.length === KEPT || !transaction.isSmall) return;
    transaction.clear();
    this.free.push(transaction);
  }
}
