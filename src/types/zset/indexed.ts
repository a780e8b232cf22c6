/**
 * A big sorted set: a dict that knows the score of each member, and an ordered tree over the same entries.
 *
 *     box     header, root of the dict, root of the tree
 *     entry   the member as its key, the score as its value: eight bytes
 */

import type { Arena } from "../../memory/arena.js";
import { Dict } from "../../memory/dict.js";
import { type Entries, EntryReader, NEVER } from "../../memory/entry.js";
import { type Hasher, Key } from "../../memory/key.js";
import { HEADER_BYTES, type Memory, type Ref } from "../../memory/memory.js";
import { OrderedTree, OrderedTreeReader } from "../../memory/ordered-tree.js";
import { DictRemains, type Remains } from "../tabled.js";
import { Element, type Visitor } from "./element.js";
import { ABSENT, type Form, type FormReader } from "./form.js";

const DICT = 2;
const TREE = 3;
const BOX_BYTES = HEADER_BYTES + 8;
const SCORE_BYTES = 8;
const TRAITS = { type: 0, encoding: 0, access: 0, expiry: NEVER };

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
  constructor(
    readonly memory: M,
    public box: Ref,
    protected readonly tree: T,
    private readonly reader: EntryReader,
  ) {}

  get count(): number {
    return this.tree.count;
  }

  range(first: number, count: number, visit: Visitor): void {
    const element = new Element();
    this.tree.forEach(first, count, (score, ref) => this.visit(element, score, ref, visit));
  }

  rangeBackwards(last: number, count: number, visit: Visitor): void {
    const element = new Element();
    this.tree.forEachBackwards(last, count, (score, ref) => this.visit(element, score, ref, visit));
  }

  static open<M extends Memory>(memory: M, box: Ref): IndexedReader<M> {
    const tree = new OrderedTreeReader(memory, memory.read(box, TREE) >>> 0);
    return new IndexedReader(memory, box, tree, new EntryReader(memory));
  }

  protected visit(element: Element, score: number, ref: Ref, visit: Visitor): void {
    element.bytes = this.memory.bytesOf(ref);
    element.start = this.reader.keyStart(ref);
    element.end = element.start + this.reader.keyLength(ref);
    element.score = score;
    visit(element);
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

/** The indexed form on the arena. A handle is the reference of an entry. */
export class Indexed extends IndexedReader<Arena, OrderedTree> implements Form {
  private constructor(
    private readonly entries: Entries,
    box: Ref,
    private readonly dict: Dict,
    tree: OrderedTree,
  ) {
    super(entries.memory, box, tree, entries);
  }

  static at(entries: Entries, box: Ref): Indexed {
    const arena = entries.memory;
    const dict = new Dict(arena, membersIn(arena, box), entries);
    return new Indexed(entries, box, dict, new OrderedTree(arena, arena.read(box, TREE) >>> 0, entries));
  }

  /** An empty one. */
  static create(entries: Entries): Indexed {
    const arena = entries.memory;
    const box = arena.allocate(BOX_BYTES);
    const created = new Indexed(entries, box, new Dict(arena), new OrderedTree(arena));
    created.writeRoots();
    return created;
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
    const element = new Element();
    return this.dict.scan(cursor, count, (ref) => this.visit(element, this.scoreOf(ref), ref, visit));
  }

  insert(key: Key, score: number): void {
    this.tree.insert(score, key.bytes, key.start, key.end, this.createElement(key, score));
    this.saveRoots();
  }

  /** Adds an element above all others. */
  append(key: Key, score: number): void {
    const rank = this.count;
    this.tree.insertAt(rank, score, this.createElement(key, score));
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
    const key = new Key();
    for (let left = count; left > 0; left--) {
      const ref = this.tree.refAt(first);
      const start = this.entries.keyStart(ref);
      hasher.set(key, this.memory.bytesOf(ref), start, start + this.entries.keyLength(ref));
      this.tree.removeAt(first);
      this.drop(key.hash, ref);
    }
    this.saveRoots();
  }

  /** Another one with the same elements. */
  copy(): Indexed {
    const copied = Indexed.create(this.entries);
    const key = new Key();
    this.dict.forEach((ref, hash) => {
      key.bytes = this.memory.bytesOf(ref);
      key.start = this.entries.keyStart(ref);
      key.end = key.start + this.entries.keyLength(ref);
      key.hash = hash;
      copied.insert(key, this.scoreOf(ref));
    });
    return copied;
  }

  free(): void {
    this.tree.forEach(0, this.count, (_score, ref) => this.memory.free(ref));
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
    this.tree.forEach(0, sampled, (_score, ref) => {
      bytes += this.memory.sizeOf(ref);
    });
    const entries = sampled === 0 ? 0 : Math.round((bytes / sampled) * count);
    return this.memory.sizeOf(this.box) + this.dict.tableBytes + this.tree.nodeBytes + entries;
  }

  /** An entry for a new element, in the dict already. */
  private createElement(key: Key, score: number): Ref {
    SCORE.setFloat64(0, score, true);
    const ref = this.entries.createString(key, SCORE_AS_BYTES, 0, SCORE_BYTES, TRAITS);
    this.dict.insert(key.hash, ref);
    return ref;
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
    this.writeRoots();
  }

  private writeRoots(): void {
    const words = this.memory.wordsOf(this.box);
    const at = this.memory.word(this.box);
    words[at + DICT] = this.dict.root;
    words[at + TREE] = this.tree.root;
  }
}
