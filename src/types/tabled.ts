/** Big collections: a dict whose root is the entry's box, with an entry for each element. */

import { Dict, DictReader } from "../memory/dict.js";
import { BOX_HEAD_BYTES, type Entries, type EntryReader, type EntryTraits, NEVER } from "../memory/entry.js";
import type { Held } from "../memory/held.js";
import type { Ref } from "../memory/memory.js";

/** Elements are strings that nothing else is known of. */
export const ELEMENT: EntryTraits = { type: 0, encoding: 0, access: 0, expiry: NEVER };

/** A dict with more elements is freed in slices. */
const FREED_AT_ONCE = 1024;

/** Something large that nobody reaches any longer, to be freed a slice at a time. */
export interface Remains {
  /** Frees about `count` blocks; returns how many it were. */
  free(count: number): number;
  /** Nothing is left. */
  readonly done: boolean;
}

/** What is left of a dict. */
export class DictRemains implements Remains {
  private readonly segments: Ref[] = [];
  done = false;

  /** `freeEntry` frees an entry with what belongs to it. */
  constructor(
    private readonly dict: Dict,
    private readonly freeEntry: (ref: Ref) => void,
  ) {
    dict.forEachSegment((segment) => {
      this.segments.push(segment);
    });
  }

  free(count: number): number {
    let freed = 0;
    while (freed < count && !this.done) {
      const segment = this.segments.pop();
      freed += segment === undefined ? this.finish() : this.freeSegment(segment);
    }
    return freed;
  }

  private freeSegment(segment: Ref): number {
    let freed = 1;
    this.dict.visitSegment(segment, (ref) => {
      this.freeEntry(ref);
      freed++;
    });
    this.dict.memory.free(segment);
    return freed;
  }

  private finish(): number {
    this.dict.memory.free(this.dict.root);
    this.done = true;
    return 1;
  }
}

/** Takes the entry of a big dict away and leaves the dict to be freed in slices; null when it is none such. */
export function dismantleTabled(entries: Entries, ref: Ref): Remains | null {
  const dict = new Dict(entries.memory, entries.box(ref));
  if (dict.count <= FREED_AT_ONCE) return null;
  entries.memory.free(ref);
  return new DictRemains(dict, (element) => entries.freeString(element));
}

/** Frees the dict and its elements at once. */
export function freeTabled(entries: Entries, root: Ref): void {
  const dict = new Dict(entries.memory, root);
  dict.forEach((element) => {
    entries.freeString(element);
  });
  dict.freeTable();
}

/** A dict with copies of all elements; returns its root. */
export function copyTabled(entries: Entries, root: Ref): Ref {
  return new Dict(entries.memory, root).copy((element) => copyElement(entries, element));
}

function copyElement(entries: Entries, element: Ref): Ref {
  const { memory } = entries;
  const copied = memory.duplicate(element);
  if (entries.isBoxed(element)) {
    const used = BOX_HEAD_BYTES + entries.valueLength(element);
    entries.setBox(copied, memory.duplicate(entries.box(element), used));
  }
  return copied;
}

/** Bytes of the dict and its elements, estimated from so many of them; 0 means all. */
export function tabledBytes(entries: Entries, root: Ref, samples: number): number {
  const dict = new Dict(entries.memory, root);
  const most = samples === 0 ? dict.count : samples;
  let bytes = 0;
  let seen = 0;
  dict.forEachSegment((segment) => {
    if (seen >= most) return;
    dict.visitSegment(segment, (element) => {
      if (seen >= most) return;
      bytes += entries.stringBytes(element);
      seen++;
    });
  });
  return dict.tableBytes + (seen === 0 ? 0 : Math.round((bytes / seen) * dict.count));
}

/** Hangs the root of a dict that has changed into its entry. */
export function keepTable(held: Held, root: Ref): void {
  const { entries } = held;
  if (entries.box(held.ref) !== root) entries.setBox(held.own(), root);
}

/** All elements. */
export function tabledElements(entries: EntryReader, root: Ref): Ref[] {
  const elements: Ref[] = [];
  new DictReader(entries.memory, root).forEach((element) => {
    elements.push(element);
  });
  return elements;
}
