/** Commands queued between MULTI and EXEC. */

import type { Request } from "../resp/request.js";
import type { Command } from "./command.js";

export interface Queued {
  readonly command: Command;
  readonly request: Request;
}

export class Transaction {
  readonly queue: Queued[] = [];
  /** A command could not be queued: EXEC must fail. */
  failed = false;
  /** Flags that any of the queued commands has. */
  bits = 0;
  /** Flags that all of them have. */
  commonBits = -1;
  /** Bytes that the queued commands take. */
  bytes = 0;

  add(command: Command, request: Request): void {
    const kept = request.copy();
    this.queue.push({ command, request: kept });
    this.bits |= command.bits;
    this.commonBits &= command.bits;
    this.bytes += kept.bytes.length;
  }
}
