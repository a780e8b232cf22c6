/**
 * The data channel of a rewrite in one file: bytes that come in while the thread writes the snapshot flow to it through
 * a ring in shared memory, in order, without anybody waiting for the other:
 *
 *  1. *open*: one side puts in what fits, the other takes out what is there;
 *  2. *stop asked*: the thread has written the snapshot and has caught up, and wants no more;
 *  3. *stopped*: the other side has understood. What is in the ring now is the last that the thread takes; all after
 *     it is the other side's to append.
 */

const RING_BYTES = 1024 * 1024;
const HEADER_BYTES = 16;
/** Places of the header: bytes put in and taken out so far (both modulo 2^32), and the state. */
const [PUT, TAKEN, STATE] = [0, 1, 2];
const [OPEN, STOP_ASKED, STOPPED] = [0, 1, 2];

export class DiffChannel {
  private readonly header: Int32Array;
  private readonly ring: Uint8Array;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(HEADER_BYTES + RING_BYTES)) {
    this.header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.ring = new Uint8Array(buffer, HEADER_BYTES);
  }

  // ---- The side that serves ----

  /** Puts in as much of `bytes[start..end)` as there is room for, and gives back how much that was. */
  put(bytes: Uint8Array, start: number, end: number): number {
    const put = this.header[PUT]!;
    const used = (put - Atomics.load(this.header, TAKEN)) >>> 0;
    const length = Math.min(end - start, RING_BYTES - used);
    const at = (put >>> 0) % RING_BYTES;
    const first = Math.min(length, RING_BYTES - at);
    this.ring.set(bytes.subarray(start, start + first), at);
    this.ring.set(bytes.subarray(start + first, start + length), 0);
    Atomics.store(this.header, PUT, put + length);
    return length;
  }

  get isStopAsked(): boolean {
    return Atomics.load(this.header, STATE) === STOP_ASKED;
  }

  /** Nothing is put in any more. */
  stop(): void {
    Atomics.store(this.header, STATE, STOPPED);
  }

  // ---- The thread ----

  /** Takes out all that is there, as bytes of its own; null when there is nothing. */
  take(): Uint8Array | null {
    const taken = this.header[TAKEN]!;
    const length = (Atomics.load(this.header, PUT) - taken) >>> 0;
    if (length === 0) return null;
    const bytes = new Uint8Array(length);
    const at = (taken >>> 0) % RING_BYTES;
    const first = Math.min(length, RING_BYTES - at);
    bytes.set(this.ring.subarray(at, at + first));
    bytes.set(this.ring.subarray(0, length - first), first);
    Atomics.store(this.header, TAKEN, taken + length);
    return bytes;
  }

  askToStop(): void {
    Atomics.compareExchange(this.header, STATE, OPEN, STOP_ASKED);
  }

  get isStopped(): boolean {
    return Atomics.load(this.header, STATE) === STOPPED;
  }
}
