/** A message that the server sends unasked: a push of RESP3, or the array that RESP2 clients get in its place. */

import type { RespVersion } from "./reply.js";
import { encodeCommand } from "./request.js";

const GREATER = 62;

/** One message for any number of receivers: encoded once for each version of the protocol that is among them. */
export class Push {
  private array: Buffer | null = null;
  private push: Buffer | null = null;

  /** The words must stay as they are until `bytes` has been called. */
  constructor(private readonly words: readonly (Uint8Array | string)[]) {}

  /** The message as a client of that version reads it; whoever gets the bytes must not change them. */
  bytes(version: RespVersion): Buffer {
    if (version === 2) {
      this.array ??= encodeCommand(this.words);
      return this.array;
    }
    this.push ??= this.encodePush();
    return this.push;
  }

  /** The two forms differ in their first byte. */
  private encodePush(): Buffer {
    const bytes = encodeCommand(this.words);
    bytes[0] = GREATER;
    return bytes;
  }
}
