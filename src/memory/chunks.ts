/** The table of chunks: shared buffers that are taken from the system and given back whole. */

import { CHUNK_BYTES, MAX_CHUNKS, Memory } from "./memory.js";

/** Thrown when no more memory can be addressed or had; commands answer it as an OOM error. */
export class ArenaFull extends Error {}

export class Chunks extends Memory {
  readonly buffers: (SharedArrayBuffer | null)[] = [];
  /** Bytes of all chunks that are mapped. The system backs them with pages as they are touched. */
  mappedBytes = 0;
  /** Bytes of all chunks that were ever given back. */
  droppedBytes = 0;

  /** Maps a new chunk and returns its number. */
  addChunk(bytes: number = CHUNK_BYTES): number {
    let chunk = this.buffers.indexOf(null);
    if (chunk === -1) chunk = this.buffers.length;
    if (chunk === MAX_CHUNKS) throw new ArenaFull(`all ${MAX_CHUNKS} chunks of memory are in use`);
    let buffer: SharedArrayBuffer;
    try {
      buffer = new SharedArrayBuffer(bytes);
    } catch {
      throw new ArenaFull(`the system has no ${bytes} bytes of memory`);
    }
    this.buffers[chunk] = buffer;
    this.map(chunk, buffer);
    this.mappedBytes += bytes;
    return chunk;
  }

  /** Gives a chunk back; the system gets its pages with the next garbage collection. */
  dropChunk(chunk: number): void {
    const { byteLength } = this.buffers[chunk]!;
    this.mappedBytes -= byteLength;
    this.droppedBytes += byteLength;
    this.buffers[chunk] = null;
    this.map(chunk, null);
  }
}
