/** A message that the server sends unasked: a push of RESP3, or the array that RESP2 clients get in its place. */

import { ReplyBlock, type RespVersion } from "./reply.js";
import { encodeCommand } from "./request.js";

const GREATER = 62;

/** One message for any number of receivers: encoded once for each version of the protocol that is among them. */
export class Push {
  private array: ReplyBlock | null = null;
  private push: ReplyBlock | null = null;

  /** The words must stay as they are until `block` has been called. */
  constructor(private readonly words: readonly (Uint8Array | string)[]) {}

  /** The message as a client of that version reads it, for `Reply.share`. */
  block(version: RespVersion): ReplyBlock {
    if (version === 2) {
      this.array ??= new ReplyBlock(encodeCommand(this.words), true);
      return this.array;
    }
    this.push ??= this.encodePush();
    return this.push;
  }

  /** The two forms differ in their first byte. */
  private encodePush(): ReplyBlock {
    const bytes = encodeCommand(this.words);
    bytes[0] = GREATER;
    return new ReplyBlock(bytes, true);
  }
}
