/**
 * The blocks of an ordered tree (see ../ordered-tree.ts). A leaf holds elements, an inner node its children, each with
 * the score and the entry of the first element below it and the number of elements below it.
 *
 *     word 0, 1   block header
 *     word 2      number of items
 *     word 3      level, 0 for a leaf
 *     62 doubles  scores
 *     62 words    references: of elements in a leaf, of children in an inner node
 *     62 words    counts of elements; inner nodes alone
 *     62 words    entries of the first elements; inner nodes alone
 *
 * 62 items make a leaf fill a block of 768 bytes and an inner node one of 1280.
 */

import type { Memory, Ref } from "../memory.js";

export const COUNT = 2;
export const LEVEL = 3;
export const ITEMS_MAX = 62;
/** Where the scores begin, in doubles. */
export const SCORES_AT = 2;
/** Where the references begin, in words. */
export const REFS_AT = 4 + ITEMS_MAX * 2;
/** Where the counts begin, in words. */
export const COUNTS_AT = REFS_AT + ITEMS_MAX;
/** Where the entries of the first elements begin, in words. */
export const FIRSTS_AT = COUNTS_AT + ITEMS_MAX;
export const LEAF_BYTES = COUNTS_AT * 4;
export const INNER_BYTES = (FIRSTS_AT + ITEMS_MAX) * 4;

export function levelOf(memory: Memory, node: Ref): number {
  return memory.read(node, LEVEL);
}

/** Items in the node itself. */
export function itemsOf(memory: Memory, node: Ref): number {
  return memory.read(node, COUNT);
}

export function scoreOf(memory: Memory, node: Ref, slot: number): number {
  return memory.doublesOf(node)[memory.double(node) + SCORES_AT + slot]!;
}

export function refOf(memory: Memory, node: Ref, slot: number): Ref {
  return memory.read(node, REFS_AT + slot) >>> 0;
}

/** The entry of the element that an item is or begins with. */
export function entryOf(memory: Memory, node: Ref, slot: number): Ref {
  return memory.read(node, (levelOf(memory, node) === 0 ? REFS_AT : FIRSTS_AT) + slot) >>> 0;
}

/** Elements below a child of an inner node. */
export function countOf(memory: Memory, node: Ref, slot: number): number {
  return memory.read(node, COUNTS_AT + slot);
}

/** Elements below the node. */
export function totalOf(memory: Memory, node: Ref): number {
  const items = itemsOf(memory, node);
  return levelOf(memory, node) === 0 ? items : sumOfCounts(memory, node, items);
}

/** Elements below the first `slots` children of an inner node. */
export function sumOfCounts(memory: Memory, node: Ref, slots: number): number {
  const words = memory.wordsOf(node);
  const from = memory.word(node) + COUNTS_AT;
  let sum = 0;
  for (let at = from; at < from + slots; at++) sum += words[at]!;
  return sum;
}
