/**
 * The writes since a rewrite's cut, for the single-file layout: they are in the running file too, and on their way
 * into the new one. From here they flow through the channel to the thread (snapshot/job/diff-channel.ts); what has not
 * gone that way when the channel ends is appended to the new file by this thread.
 */

import type { DiffChannel } from "../snapshot/job/diff-channel.js";
import { crc32 } from "../util/crc32.js";

export const BLOCK_BYTES = 10 * 1024 * 1024;

/** A block: bytes[start..end) wait. */
interface Block {
  readonly bytes: Buffer;
  start: number;
  end: number;
}

export class RewriteBuffer {
  /** Bytes since the cut, those that have gone included. */
  total = 0;
  /** Their CRC-32, when there are seals. */
  crc = 0;
  private blocks: Block[] = [];
  private waiting = 0;
  private flows = true;

  /** `sums`: whether the checksum is wanted. */
  constructor(
    readonly channel: DiffChannel,
    private readonly sums: boolean,
  ) {}

  /** Bytes that wait. */
  get length(): number {
    return this.waiting;
  }

  /** Bytes of memory. */
  get memoryBytes(): number {
    return this.blocks.length * BLOCK_BYTES;
  }

  /** Copies `bytes[start..end)` behind what waits. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): void {
    for (let at = start; at < end; ) {
      const block = this.roomy();
      const length = Math.min(end - at, block.bytes.length - block.end);
      block.bytes.set(bytes.subarray(at, at + length), block.end);
      block.end += length;
      at += length;
    }
    this.total += end - start;
    this.waiting += end - start;
    if (this.sums) this.crc = crc32(bytes.subarray(start, end), this.crc);
  }

  /** Lets what waits flow into the channel as far as there is room, and agrees to its end when the thread asks. */
  flow(): void {
    while (this.flows) {
      const block = this.blocks[0];
      if (block === undefined || block.start === block.end) break;
      const taken = this.channel.put(block.bytes, block.start, block.end);
      if (taken === 0) break;
      block.start += taken;
      this.waiting -= taken;
      if (block.start < block.end) continue;
      if (this.blocks.length > 1) this.blocks.shift();
      else block.start = block.end = 0;
    }
    if (!this.flows || !this.channel.isStopAsked) return;
    this.flows = false;
    this.channel.stop();
  }

  /** Takes everything out that waits. Called when the thread has ended. */
  takeAll(): Buffer[] {
    const rest = this.blocks.filter(({ start, end }) => end > start);
    this.blocks = [];
    this.waiting = 0;
    return rest.map(({ bytes, start, end }) => bytes.subarray(start, end));
  }

  private roomy(): Block {
    const last = this.blocks.at(-1);
    if (last !== undefined && last.end < last.bytes.length) return last;
    const block = { bytes: Buffer.allocUnsafeSlow(BLOCK_BYTES), start: 0, end: 0 };
    this.blocks.push(block);
    return block;
  }
}
