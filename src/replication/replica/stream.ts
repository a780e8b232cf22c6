/**
 * The primary's stream as its replica applies it: commands run straight from the network's buffer, and the very bytes
 * go into the log, whole units at a time. So the own append-only file, the own backlog and the replicas below have the
 * primary's bytes at the primary's offsets.
 *
 * What a read has brought goes into the log in one piece for each audience. A transaction counts when its EXEC has
 * come: until then the offset stands before its MULTI, so that after a loss of the link it comes again as a whole.
 */

import type { Log } from "../../log/log.js";
import { type DecoderLimits, ProtocolError, RequestDecoder } from "../../resp/decoder.js";
import type { PrimaryLink, StreamTarget } from "./dataset.js";

/** A primary may send whatever it holds. */
const LIMITS: DecoderLimits = { bulkBytesMax: Number.MAX_SAFE_INTEGER, authenticated: true };
const NO_BYTES = Buffer.alloc(0);

export class Stream {
  private readonly decoder = new RequestDecoder(LIMITS);
  /** Bytes of an open transaction that came with earlier reads. */
  private held = NO_BYTES;
  /** What is applied and not in the log yet: the decoder's bytes from here, up to the end of the last unit. */
  private from = 0;
  private to = 0;
  private forFile = true;

  /** `database` is what the stream has selected where it goes on. */
  constructor(
    private readonly target: StreamTarget,
    private readonly log: Log,
    database: number,
    link: PrimaryLink,
  ) {
    target.begin(database, link);
  }

  /** Applies what is whole of the bytes, and keeps the rest. Throws a ProtocolError. */
  feed(bytes: Buffer, start: number, end: number): void {
    const { decoder, target } = this;
    target.beginRead();
    try {
      decoder.feed(bytes, start, end);
      this.from = decoder.position;
      this.to = this.from;
      this.applyWhole();
      this.flush();
      if (target.insideTransaction) this.hold();
      decoder.settle();
    } finally {
      target.endRead();
    }
  }

  private applyWhole(): void {
    const { decoder, target } = this;
    while (decoder.next()) {
      if (decoder.request.bytes !== decoder.buffer)
        throw new ProtocolError("Master using the inline protocol. Desync?");
      const wasInside = target.insideTransaction;
      target.apply(decoder.request);
      if (target.insideTransaction) continue;
      // A transaction is for the file whatever is in it.
      const forFile = wasInside || !target.wasForReplicasAlone;
      if (this.held.length > 0) this.appendHeld();
      else if (forFile !== this.forFile) {
        this.flush();
        this.forFile = forFile;
      }
      this.to = decoder.position;
    }
  }

  /** Puts what is applied into the log. */
  private flush(): void {
    if (this.to > this.from) {
      const { database } = this.target;
      this.log.appendStream(this.decoder.buffer, this.from, this.to, database, this.forFile);
    }
    this.from = this.to;
  }

  /** The transaction whose beginning is held has ended. */
  private appendHeld(): void {
    const end = this.decoder.position;
    const unit = Buffer.concat([this.held, this.decoder.buffer.subarray(this.from, end)]);
    this.held = NO_BYTES;
    this.log.appendStream(unit, 0, unit.length, this.target.database, true);
    this.forFile = true;
    this.from = end;
  }

  private hold(): void {
    const end = this.decoder.position;
    this.held = Buffer.concat([this.held, this.decoder.buffer.subarray(this.from, end)]);
  }
}
