/**
 * What the simulated disk keeps of one file or directory: the content as programs see it, and how much of the way
 * there the device has certainly gone.
 */

import type { SeededChance } from "./chance.js";

/** Bytes that grow. */
class Image {
  length = 0;
  private bytes = Buffer.alloc(0);

  write(at: number, added: Uint8Array): void {
    const end = at + added.length;
    if (end > this.bytes.length) {
      const grown = Buffer.alloc(Math.max(end, 2 * this.bytes.length));
      this.bytes.copy(grown, 0, 0, this.length);
      this.bytes = grown;
    }
    this.bytes.set(added, at);
    this.length = Math.max(this.length, end);
  }

  /** Has so many bytes at least: those that are new are zero. */
  reach(length: number): void {
    if (length > this.length) this.truncate(length);
  }

  truncate(length: number): void {
    if (length > this.length) this.write(this.length, Buffer.alloc(length - this.length));
    this.bytes.fill(0, length, this.length);
    this.length = length;
  }

  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  clone(): Image {
    const copy = new Image();
    copy.write(0, this.view());
    return copy;
  }
}

/** One change to a file that the device may or may not have yet. */
interface Change {
  readonly kind: "write" | "truncate";
  /** Where the write begins, or the new length. */
  readonly at: number;
  readonly bytes: Buffer;
  /** A failed sync threw the page away: the device never gets these bytes, whatever is synced later. */
  lost: boolean;
}

function apply(image: Image, change: Change): void {
  if (change.kind === "truncate") image.truncate(change.at);
  else if (change.lost) image.reach(change.at + change.bytes.length);
  else image.write(change.at, change.bytes);
}

export class FileNode {
  modifiedMs = 0;
  mode = 0o644;
  private durableChanges = 0;
  private readonly unsynced: Change[] = [];

  constructor(
    private readonly content = new Image(),
    private readonly durable = new Image(),
  ) {}

  get length(): number {
    return this.content.length;
  }

  write(at: number, bytes: Uint8Array): void {
    this.unsynced.push({ kind: "write", at, bytes: Buffer.from(bytes), lost: false });
    this.content.write(at, bytes);
  }

  truncate(length: number): void {
    this.unsynced.push({ kind: "truncate", at: length, bytes: Buffer.alloc(0), lost: false });
    this.content.truncate(length);
  }

  /** Flips bits of one byte, on the device and in the cache: decay that no write caused. */
  damage(at: number, mask: number): void {
    for (const image of [this.content, this.durable])
      if (at < image.length) image.write(at, Buffer.from([(image.view()[at] ?? 0) ^ mask]));
  }

  /** The content as programs see it; valid until the next change. */
  view(): Buffer {
    return this.content.view();
  }

  /** How many changes were ever made: the mark that `synced` and `syncFailed` take. */
  get changes(): number {
    return this.durableChanges + this.unsynced.length;
  }

  /** The changes up to the mark have reached the device. */
  synced(mark: number): void {
    const count = Math.max(0, mark - this.durableChanges);
    for (const change of this.unsynced.splice(0, count)) apply(this.durable, change);
    this.durableChanges += count;
  }

  /** The device refused the changes up to the mark; Linux then takes their pages for clean. */
  syncFailed(mark: number): void {
    for (const change of this.unsynced.slice(0, Math.max(0, mark - this.durableChanges))) change.lost = true;
  }

  /** Bytes that were written and not synced. */
  unsyncedBytes(): number {
    return this.unsynced.reduce((sum, change) => sum + change.bytes.length, 0);
  }

  unsyncedChanges(): number {
    return this.unsynced.length;
  }

  /** The same file for another process of the same machine: what a failed sync has lost stays lost. */
  clone(): FileNode {
    const node = new FileNode(this.content.clone(), this.durable.clone());
    node.modifiedMs = this.modifiedMs;
    node.mode = this.mode;
    node.durableChanges = this.durableChanges;
    node.unsynced.push(...this.unsynced.map((change) => ({ ...change })));
    return node;
  }

  /** The file after a power loss at which the device had done `count` more changes and `torn` bytes of the next. */
  afterPowerLoss(count: number, torn = 0, zeros = false): FileNode {
    const image = this.durable.clone();
    for (const change of this.unsynced.slice(0, count)) apply(image, change);
    const next = this.unsynced[count];
    if (next !== undefined && torn > 0) {
      apply(image, { ...next, bytes: next.bytes.subarray(0, torn) });
      // Its length is all there; what was there before, the device still has.
      if (zeros) image.reach(next.at + next.bytes.length);
    }
    const node = new FileNode(image, image.clone());
    node.modifiedMs = this.modifiedMs;
    node.mode = this.mode;
    return node;
  }

  /** A power loss that keeps a random prefix of the changes, the last one possibly torn. */
  afterRandomPowerLoss(chance: SeededChance, zeros: boolean): FileNode {
    const count = chance.below(this.unsynced.length + 1);
    const bytes = this.unsynced[count]?.bytes.length ?? 0;
    const torn = chance.happens(0.5) ? chance.below(bytes + 1) : 0;
    return this.afterPowerLoss(count, torn, zeros && chance.happens(0.25));
  }
}

/** A change to a directory's names; `null` takes the name away. A rename is one change with two names. */
export type NameChange = readonly (readonly [name: string, node: Inode | null])[];

export class DirectoryNode {
  readonly entries: Map<string, Inode>;
  private readonly durable: Map<string, Inode>;
  private readonly unsynced: NameChange[] = [];

  constructor(names: Iterable<readonly [string, Inode]> = []) {
    this.entries = new Map(names);
    this.durable = new Map(this.entries);
  }

  /** The same directory for another process of the same machine; `cloned` has what has been cloned already. */
  clone(cloned: Map<Inode, Inode>): DirectoryNode {
    const cloneOf = (node: Inode): Inode => {
      const found = cloned.get(node);
      if (found !== undefined) return found;
      const copy = node instanceof FileNode ? node.clone() : node.clone(cloned);
      cloned.set(node, copy);
      return copy;
    };
    const copy = new DirectoryNode();
    for (const [name, node] of this.durable) copy.durable.set(name, cloneOf(node));
    for (const [name, node] of this.entries) copy.entries.set(name, cloneOf(node));
    for (const change of this.unsynced)
      copy.unsynced.push(change.map(([name, node]) => [name, node === null ? null : cloneOf(node)]));
    return copy;
  }

  change(change: NameChange): void {
    applyNames(this.entries, change);
    this.unsynced.push(change);
  }

  synced(): void {
    for (const change of this.unsynced.splice(0)) applyNames(this.durable, change);
  }

  /** How many changes of names are not on the device. */
  unsyncedChanges(): number {
    return this.unsynced.length;
  }

  /** The names after a power loss at which the device had done `count` more changes. */
  namesAfter(count: number): Map<string, Inode> {
    const names = new Map(this.durable);
    for (const change of this.unsynced.slice(0, count)) applyNames(names, change);
    return names;
  }
}

export type Inode = FileNode | DirectoryNode;

function applyNames(names: Map<string, Inode>, change: NameChange): void {
  for (const [name, node] of change) {
    if (node === null) names.delete(name);
    else names.set(name, node);
  }
}
