/**
 * Large blocks: more than 8 KiB, up to half a chunk; beyond that a block is a chunk of its own.
 *
 * A chunk of spans is cut at multiples of 1 KiB (a page). Two numbers for each page, kept outside the chunk, describe
 * the span that begins or ends there (its length in pages, negative while it is free), so neighbours that are free
 * are found and joined at once. Free spans are kept in lists by power of two; the first that is long enough is cut.
 */

import type { Chunks } from "./chunks.js";
import { CHUNK_UNITS, type Ref, UNIT_BYTES } from "./memory.js";

const PAGE_UNITS = 64;
const PAGES = CHUNK_UNITS / PAGE_UNITS;
const CLASSES = 17;
/** The largest block that shares a chunk with others, in units. */
const SPAN_UNITS_MAX = CHUNK_UNITS / 2;

/** The spans of one chunk. */
class SpanChunk {
  /** At the first and the last page of each span: its length, negative while free. */
  private readonly lengths = new Int32Array(PAGES);
  private readonly free: Set<number>[] = Array.from({ length: CLASSES }, () => new Set());
  usedPages = 0;

  constructor(readonly chunk: number) {
    this.setFree(0, PAGES);
  }

  /** The first page of a span of that length, or -1. */
  allocate(pages: number): number {
    for (let power = powerOf(pages); power < CLASSES; power++) {
      for (const page of this.free[power]!) {
        const length = -this.lengths[page]!;
        if (length < pages) continue;
        this.free[power]!.delete(page);
        if (length > pages) this.setFree(page + pages, length - pages);
        this.mark(page, pages, pages);
        this.usedPages += pages;
        return page;
      }
    }
    return -1;
  }

  release(page: number): void {
    let first = page;
    let length = this.lengths[page]!;
    this.usedPages -= length;
    const after = first + length < PAGES ? this.lengths[first + length]! : 0;
    if (after < 0) length += this.takeFree(first + length, -after);
    const before = first > 0 ? this.lengths[first - 1]! : 0;
    if (before < 0) {
      first += before;
      length += this.takeFree(first, -before);
    }
    this.setFree(first, length);
  }

  private setFree(page: number, length: number): void {
    this.mark(page, length, -length);
    this.free[powerOf(length)]!.add(page);
  }

  private takeFree(page: number, length: number): number {
    this.free[powerOf(length)]!.delete(page);
    return length;
  }

  private mark(page: number, length: number, value: number): void {
    this.lengths[page] = value;
    this.lengths[page + length - 1] = value;
  }
}

function powerOf(pages: number): number {
  return 31 - Math.clz32(pages);
}

export class Spans {
  /** By chunk; chunks that hold something else are absent. */
  private readonly spanChunks: (SpanChunk | undefined)[] = [];
  /** Bytes of the spans in use. */
  spanBytes = 0;

  constructor(private readonly chunks: Chunks) {}

  /** Units that a block of so many units really gets. */
  static round(units: number): number {
    return Math.ceil(units / PAGE_UNITS) * PAGE_UNITS;
  }

  allocate(units: number): Ref {
    this.spanBytes += Spans.round(units) * UNIT_BYTES;
    if (units > SPAN_UNITS_MAX) return this.chunks.addChunk(Spans.round(units) * UNIT_BYTES) * CHUNK_UNITS;
    const pages = Math.ceil(units / PAGE_UNITS);
    for (const spanChunk of this.spanChunks) {
      const page = spanChunk?.allocate(pages) ?? -1;
      if (page >= 0) return spanChunk!.chunk * CHUNK_UNITS + page * PAGE_UNITS;
    }
    const added = this.addChunk();
    return added.chunk * CHUNK_UNITS + added.allocate(pages) * PAGE_UNITS;
  }

  release(ref: Ref, units: number): void {
    this.spanBytes -= units * UNIT_BYTES;
    const chunk = this.chunks.chunk(ref);
    if (units > SPAN_UNITS_MAX) {
      this.chunks.dropChunk(chunk);
      return;
    }
    const spanChunk = this.spanChunks[chunk]!;
    spanChunk.release((ref % CHUNK_UNITS) / PAGE_UNITS);
    if (spanChunk.usedPages > 0) return;
    delete this.spanChunks[chunk];
    this.chunks.dropChunk(chunk);
  }

  private addChunk(): SpanChunk {
    const added = new SpanChunk(this.chunks.addChunk());
    // Page 0 of chunk 0 would be reference 0, which means "none".
    if (added.chunk === 0) added.allocate(1);
    this.spanChunks[added.chunk] = added;
    return added;
  }
}
