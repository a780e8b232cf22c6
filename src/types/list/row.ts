/**
 * A row: references in order, each with the number of elements below it.
 *
 *     word 0, 1   block header
 *     word 2      elements below the row
 *     word 3      the first slot in use
 *     word 4      slots in use
 *     from 5      slots of two words: a reference, and the elements below it
 *
 * Free slots lie at both ends, so that adding and removing at either end moves nothing. Whoever changes a row has made
 * it mutable first.
 */

import type { Arena } from "../../memory/arena.js";
import type { Memory, Ref } from "../../memory/memory.js";

const TOTAL = 2;
const FIRST = 3;
const LENGTH = 4;
const SLOTS = 5;
const WORD_BYTES = 4;
const SLOT_WORDS = 2;

/** Elements below the row. */
export function total(memory: Memory, row: Ref): number {
  return memory.read(row, TOTAL);
}

/** Slots in use. */
export function length(memory: Memory, row: Ref): number {
  return memory.read(row, LENGTH);
}

export function refAt(memory: Memory, row: Ref, at: number): Ref {
  return memory.read(row, SLOTS + SLOT_WORDS * (memory.read(row, FIRST) + at)) >>> 0;
}

/** Elements below one slot. */
export function countAt(memory: Memory, row: Ref, at: number): number {
  return memory.read(row, SLOTS + SLOT_WORDS * (memory.read(row, FIRST) + at) + 1);
}

/** An empty row with room for so many slots. */
export function createRow(arena: Arena, slots: number): Ref {
  const row = arena.allocate(WORD_BYTES * (SLOTS + SLOT_WORDS * slots));
  const words = arena.wordsOf(row);
  words.fill(0, arena.word(row) + TOTAL, arena.word(row) + SLOTS);
  return row;
}

export function setRef(arena: Arena, row: Ref, at: number, ref: Ref): void {
  arena.wordsOf(row)[wordOf(arena, row, at)] = ref;
}

/** Counts `by` elements more (or fewer) below a slot. */
export function addCount(arena: Arena, row: Ref, at: number, by: number): void {
  const words = arena.wordsOf(row);
  words[wordOf(arena, row, at) + 1]! += by;
  words[arena.word(row) + TOTAL]! += by;
}

/** Puts a reference with `count` elements below it before the slot `at`; gives back the row, which may have moved. */
export function insert(arena: Arena, row: Ref, at: number, ref: Ref, count: number): Ref {
  const used = length(arena, row);
  const target = used === capacity(arena, row) ? grow(arena, row, at) : row;
  const words = arena.wordsOf(target);
  const head = arena.word(target);
  openGap(arena, target, at);
  words[head + LENGTH] = used + 1;
  words[head + TOTAL]! += count;
  const slot = wordOf(arena, target, at);
  words[slot] = ref;
  words[slot + 1] = count;
  return target;
}

/** Takes a slot out. */
export function remove(arena: Arena, row: Ref, at: number): void {
  const words = arena.wordsOf(row);
  const head = arena.word(row);
  const used = words[head + LENGTH]!;
  const slot = wordOf(arena, row, at);
  words[head + TOTAL]! -= words[slot + 1]!;
  words[head + LENGTH] = used - 1;
  if (at === 0) words[head + FIRST]!++;
  else words.copyWithin(slot, slot + SLOT_WORDS, slot + SLOT_WORDS * (used - at));
}

/** Moves the slots from `at` on to the end of another row that has room for them. */
export function moveTail(arena: Arena, row: Ref, at: number, to: Ref): void {
  const used = length(arena, row);
  for (let from = at; from < used; from++) {
    insert(arena, to, length(arena, to), refAt(arena, row, from), countAt(arena, row, from));
  }
  while (length(arena, row) > at) remove(arena, row, length(arena, row) - 1);
}

function capacity(memory: Memory, row: Ref): number {
  return ((memory.sizeOf(row) >>> 2) - SLOTS) >>> 1;
}

function wordOf(memory: Memory, row: Ref, at: number): number {
  return memory.word(row) + SLOTS + SLOT_WORDS * (memory.read(row, FIRST) + at);
}

/** Makes the slot `at` free; the row has room for it. */
function openGap(arena: Arena, row: Ref, at: number): void {
  const first = arena.read(row, FIRST);
  const used = length(arena, row);
  const room = capacity(arena, row) - first - used;
  if (at === used && room > 0) return;
  if (at === used) {
    // All of the room is at the other end.
    shift(arena, row, used, -first);
  } else if (at === 0 && first === 0) {
    shift(arena, row, used, room);
    setFirst(arena, row, room - 1);
  } else if (at === 0 || room === 0) {
    shift(arena, row, at, -1);
  } else {
    moveSlots(arena, row, at, used, 1);
  }
}

/** Moves the slots before `to` by so many places, and with them the beginning of the row. */
function shift(arena: Arena, row: Ref, to: number, by: number): void {
  moveSlots(arena, row, 0, to, by);
  setFirst(arena, row, arena.read(row, FIRST) + by);
}

function moveSlots(arena: Arena, row: Ref, from: number, to: number, by: number): void {
  const start = wordOf(arena, row, from);
  arena.wordsOf(row).copyWithin(start + SLOT_WORDS * by, start, start + SLOT_WORDS * (to - from));
}

function setFirst(arena: Arena, row: Ref, first: number): void {
  arena.wordsOf(row)[arena.word(row) + FIRST] = first;
}

/** The row in a block of twice the size. The new room is where the next slot goes in. */
function grow(arena: Arena, row: Ref, at: number): Ref {
  const used = length(arena, row);
  const grown = createRow(arena, used * 2);
  const words = arena.wordsOf(grown);
  const head = arena.word(grown);
  words[head + TOTAL] = total(arena, row);
  words[head + LENGTH] = used;
  words[head + FIRST] = at === 0 ? capacity(arena, grown) - used : 0;
  const from = wordOf(arena, row, 0);
  words.set(arena.wordsOf(row).subarray(from, from + SLOT_WORDS * used), wordOf(arena, grown, 0));
  arena.free(row);
  return grown;
}
