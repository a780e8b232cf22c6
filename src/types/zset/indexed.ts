/**
 * A big sorted set: a dict that knows the score of each member, and an ordered tree over the same entries.
 *
 *     box     header, root of the dict, root of the tree
 *     element the member as its key, the score as its value: eight bytes
 */

import type { Arena } from "../../memory/arena.js";
import { Dict } from "../../memory/dict.js";
import { type Entries, EntryReader, type EntryTraits } from "../../memory/entry.js";
import { Held } from "../../memory/held.js";
import { type Hasher, Key } from "../../memory/key.js";
import { HEADER_BYTES, type Memory, type Ref } from "../../memory/memory.js";
import { itemsOf, OrderedTree, OrderedTreeReader, refOf, scoreOf } from "../../memory/ordered-tree.js";
import { compareBytes } from "../../util/ascii.js";
import type { Slice } from "../../util/slice.js";
import { orderByKey } from "../../util/sort-by-key.js";
import { DictRemains, ELEMENT, type Remains } from "../tabled.js";
import { Element, type Visitor } from "./element.js";
import { ABSENT, type Form, type FormReader } from "./form.js";

const DICT = 2;
const TREE = 3;
const BOX_BYTES = HEADER_BYTES + 8;
const SCORE_BYTES = 8;

/** A score on its way into an entry; written anew before each use. */
const SCORE_AS_BYTES = new Uint8Array(SCORE_BYTES);
const SCORE = new DataView(SCORE_AS_BYTES.buffer);

/** The root of the dict of a big sorted set. */
export function membersIn(memory: Memory, box: Ref): Ref {
  return memory.read(box, DICT) >>> 0;
}

/** Reads the order of a big sorted set. */
export class IndexedReader<M extends Memory = Memory, T extends OrderedTreeReader<M> = OrderedTreeReader<M>>
  implements FormReader
{
  /** What visitors are shown. */
  protected readonly element = new Element();

  constructor(
    readonly memory: M,
    public box: Ref,
    protected readonly tree: T,
    private readonly reader: EntryReader,
  ) {}

  get count(): number {
    return this.tree.count;
  }

  at(rank: number): Element {
    return this.look(this.tree.leafOf(rank), this.tree.slotFound);
  }

  range(first: number, count: number, visit: Visitor): void {
    this.tree.forEachRun(first, count, (leaf, from, to) => {
      for (let slot = from; slot < to; slot++) visit(this.look(leaf, slot));
    });
  }

  rangeBackwards(last: number, count: number, visit: Visitor): void {
    this.tree.forEachRunBackwards(last, count, (leaf, from, to) => {
      for (let slot = to - 1; slot >= from; slot--) visit(this.look(leaf, slot));
    });
  }

  static open<M extends Memory>(memory: M, box: Ref): IndexedReader<M> {
    const tree = new OrderedTreeReader(memory, memory.read(box, TREE) >>> 0);
    return new IndexedReader(memory, box, tree, new EntryReader(memory));
  }

  private look(leaf: Ref, slot: number): Element {
    const { memory, element } = this;
    this.reader.showKey(refOf(memory, leaf, slot), element);
    element.score = scoreOf(memory, leaf, slot);
    return element;
  }
}

/** What is left of an indexed form: the nodes of the tree, then the dict with the entries. */
class IndexedRemains implements Remains {
  /** Nodes whose children are still to be freed. */
  private readonly nodes: Ref[];

  constructor(
    private readonly tree: OrderedTree,
    private readonly dict: DictRemains,
  ) {
    this.nodes = [tree.root];
  }

  get done(): boolean {
    return this.dict.done;
  }

  free(count: number): number {
    let freed = 0;
    for (; freed < count && this.nodes.length > 0; freed++) this.tree.freeNode(this.nodes);
    return freed < count ? freed + this.dict.free(count - freed) : freed;
  }
}

/** The indexed form, below its entry. A handle is the reference of an element. */
export class Indexed extends IndexedReader<Arena, OrderedTree> implements Form {
  private readonly dict: Dict;
  private readonly key = new Key();

  private held: Held;

  constructor(private readonly entries: Entries) {
    super(entries.memory, 0, new OrderedTree(entries.memory, 0, entries), entries);
    this.dict = new Dict(entries.memory, 0, entries);
    this.held = new Held(entries);
  }

  /** An entry with an empty one. */
  static create(entries: Entries, key: Slice, traits: EntryTraits): Ref {
    const { memory } = entries;
    const box = memory.allocate(BOX_BYTES);
    writeRoots(memory, box, new Dict(memory).root, new OrderedTree(memory).root);
    return entries.createBoxed(key, box, traits);
  }

  /** The one that an entry has. */
  static of(entries: Entries, ref: Ref): Indexed {
    return new Indexed(entries).open(new Held(entries, ref));
  }

  open(held: Held): this {
    const { memory } = this;
    this.held = held;
    this.box = this.entries.box(held.ref);
    this.dict.root = membersIn(memory, this.box);
    this.tree.root = memory.read(this.box, TREE) >>> 0;
    return this;
  }

  /** The dict knows it without adding up. */
  override get count(): number {
    return this.dict.count;
  }

  find(key: Key): number {
    const ref = this.dict.find(key);
    return ref === 0 ? ABSENT : ref;
  }

  scoreOf(handle: number): number {
    return this.memory.viewOf(handle).getFloat64(this.entries.valueStart(handle), true);
  }

  rankOf(key: Key, handle: number): number {
    return this.tree.countBefore(this.scoreOf(handle), key.bytes, key.start, key.end);
  }

  countBelow(score: number, orEqual: boolean): number {
    return this.tree.countBelow(score, orEqual);
  }

  countMembersBelow(member: Uint8Array, orEqual: boolean): number {
    return this.tree.countMembersBelow(member, 0, member.length, orEqual);
  }

  scan(cursor: number, count: number, visit: Visitor): number {
    const { element } = this;
    return this.dict.scan(cursor, count, (ref) => {
      this.entries.showKey(ref, element);
      element.score = this.scoreOf(ref);
      visit(element);
    });
  }

  insert(key: Key, score: number): void {
    this.tree.insert(score, key.bytes, key.start, key.end, this.createElement(key, score));
    this.saveRoots();
  }

  /** Adds an element above all others. */
  append(key: Key, score: number): void {
    this.tree.append(score, this.createElement(key, score));
    this.saveRoots();
  }

  /** Adds an element by its member alone: `order` is to be called when all are there. */
  gather(key: Key, score: number): void {
    this.createElement(key, score);
    this.saveRoots();
  }

  /** Gives an element that has been gathered another score. No snapshot has seen it yet. */
  rescore(handle: number, score: number): void {
    this.memory.viewOf(handle).setFloat64(this.entries.valueStart(handle), score, true);
  }

  /** Brings what has been gathered into order. */
  order(): void {
    const refs = new Uint32Array(this.count);
    let count = 0;
    this.dict.forEach((ref) => {
      refs[count++] = ref;
    });
    const scores = Float64Array.from(refs, (ref) => this.scoreOf(ref));
    const places = orderByKey(scores, (a, b) => this.compareMembers(refs[a]!, refs[b]!));
    for (const place of places) this.tree.append(scores[place]!, refs[place]!);
    this.saveRoots();
  }

  update(key: Key, handle: number, score: number): void {
    this.tree.remove(this.scoreOf(handle), key.bytes, key.start, key.end);
    const owned = this.memory.own(handle);
    this.dict.replace(key.hash, handle, owned);
    this.memory.viewOf(owned).setFloat64(this.entries.valueStart(owned), score, true);
    this.tree.insert(score, key.bytes, key.start, key.end, owned);
    this.saveRoots();
  }

  remove(key: Key, handle: number): void {
    this.tree.remove(this.scoreOf(handle), key.bytes, key.start, key.end);
    this.drop(key.hash, handle);
    this.saveRoots();
  }

  removeRange(first: number, count: number, hasher: Hasher): void {
    const end = first + count;
    for (let rank = first; rank < end; ) rank += this.dropRun(rank, end - rank, hasher);
    this.tree.removeRange(first, count);
    this.saveRoots();
  }

  /** An entry with the same elements. They are made in their order, so that those of a range lie side by side. */
  copy(key: Slice, traits: EntryTraits, hasher: Hasher): Ref {
    const copied = Indexed.of(this.entries, Indexed.create(this.entries, key, traits));
    copied.dict.reserve(this.count);
    const member = new Key();
    this.range(0, this.count, ({ bytes, start, end, score }) => {
      copied.append(hasher.set(member, bytes, start, end), score);
    });
    return copied.held.ref;
  }

  /** Frees everything but the entry; the form is dead afterwards. */
  free(): void {
    this.tree.forEachRun(0, this.count, (leaf, from, to) => {
      for (let slot = from; slot < to; slot++) this.memory.free(refOf(this.memory, leaf, slot));
    });
    this.tree.free();
    this.dict.freeTable();
    this.memory.free(this.box);
  }

  /** Leaves everything to be freed in slices; the form is dead afterwards. */
  dismantle(): Remains {
    this.memory.free(this.box);
    return new IndexedRemains(this.tree, new DictRemains(this.dict, (ref) => this.memory.free(ref)));
  }

  /** Bytes that the set takes, those of its entries estimated from `samples` of them, 0 means all. */
  bytesTaken(samples: number): number {
    const count = this.count;
    const sampled = samples === 0 ? count : Math.min(samples, count);
    let bytes = 0;
    this.tree.forEachRun(0, sampled, (leaf, from, to) => {
      for (let slot = from; slot < to; slot++) bytes += this.memory.sizeOf(refOf(this.memory, leaf, slot));
    });
    const entries = sampled === 0 ? 0 : Math.round((bytes / sampled) * count);
    return this.memory.sizeOf(this.box) + this.dict.tableBytes + this.tree.nodeBytes + entries;
  }

  private compareMembers(a: Ref, b: Ref): number {
    const { entries, memory } = this;
    const [aStart, bStart] = [entries.keyStart(a), entries.keyStart(b)];
    const [aEnd, bEnd] = [aStart + entries.keyLength(a), bStart + entries.keyLength(b)];
    return compareBytes(memory.bytesOf(a), aStart, aEnd, memory.bytesOf(b), bStart, bEnd);
  }

  /** An entry for a new element, in the dict already. */
  private createElement(key: Key, score: number): Ref {
    SCORE.setFloat64(0, score, true);
    const ref = this.entries.createString(key, SCORE_AS_BYTES, 0, SCORE_BYTES, ELEMENT);
    this.dict.insert(key.hash, ref);
    return ref;
  }

  /** Drops what lies in one leaf of `count` elements that will leave the tree, from a rank on; tells how many those are. */
  private dropRun(rank: number, count: number, hasher: Hasher): number {
    const { entries, key, memory, tree } = this;
    const leaf = tree.leafOf(rank);
    const from = tree.slotFound;
    const to = Math.min(itemsOf(memory, leaf), from + count);
    for (let slot = from; slot < to; slot++) {
      const ref = refOf(memory, leaf, slot);
      entries.showKey(ref, key);
      this.drop(hasher.set(key, key.bytes, key.start, key.end).hash, ref);
    }
    return to - from;
  }

  private drop(hash: number, ref: Ref): void {
    this.dict.remove(hash, ref);
    this.memory.free(ref);
  }

  /** Keeps the roots, where a change has moved them. */
  private saveRoots(): void {
    const { memory, box } = this;
    if (memory.read(box, DICT) >>> 0 === this.dict.root && memory.read(box, TREE) >>> 0 === this.tree.root)
      return;
    this.box = memory.own(box);
    writeRoots(memory, this.box, this.dict.root, this.tree.root);
    if (this.box !== box) this.entries.setBox(this.held.own(), this.box);
  }
}

function writeRoots(memory: Arena, box: Ref, dict: Ref, tree: Ref): void {
  const words = memory.wordsOf(box);
  const at = memory.word(box);
  words[at + DICT] = dict;
  words[at + TREE] = tree;
}
