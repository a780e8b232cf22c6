/** The sets that ZUNION, ZINTER, ZDIFF and their kin combine: sorted sets, and sets as if every score were 1. */

import type { Call } from "../../engine/call.js";
import { fail, syntaxError, wrongType } from "../../engine/errors.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import type { Sets } from "../../types/set.js";
import { SET, ZSET } from "../../types/type.js";
import { Element, type Visitor } from "../../types/zset.js";
import { openOneOfMany } from "./access.js";

/** What the combination needs of a set. */
export interface Source {
  readonly count: number;
  /** The member's score, NaN if it is not there. */
  score(key: Key): number;
  visitAll(visit: Visitor): void;
}

/** A set with the weight of its scores. */
export interface Input {
  readonly source: Source;
  /** Names the value: two inputs of one entry are the same set. */
  readonly ref: Ref;
  weight: number;
}

const NOTHING: Source = { count: 0, score: () => Number.NaN, visitAll: () => {} };

/** Where the number of keys stands, and what follows the keys. */
export interface Inputs {
  readonly inputs: readonly Input[];
  /** Position of the argument behind the last key. */
  readonly end: number;
}

/** Reads the number of keys at a position, and the sets at the keys behind it. */
export function readInputs(call: Call, at: number): Inputs {
  const count = call.long(at);
  if (count < 1) throw fail(`at least 1 input key is needed for '${call.command.fullName}' command`);
  const end = at + 1 + count;
  if (end > call.argc) throw syntaxError();
  const inputs: Input[] = [];
  for (let key = at + 1; key < end; key++) inputs.push(readInput(call, key));
  return { inputs, end };
}

function readInput(call: Call, at: number): Input {
  const ref = call.database.read(call.key(at));
  return { source: ref === 0 ? NOTHING : sourceOf(call, ref), ref, weight: 1 };
}

function sourceOf(call: Call, ref: Ref): Source {
  const { entries, sets } = call.engine.keyspace;
  switch (entries.type(ref)) {
    case ZSET:
      return openOneOfMany(call, ref);
    case SET:
      return new UnscoredSource(sets, ref);
    default:
      throw wrongType();
  }
}

/** A set: every member has the score 1. */
class UnscoredSource implements Source {
  readonly count: number;

  constructor(
    private readonly sets: Sets,
    private readonly ref: Ref,
  ) {
    this.count = sets.size(ref);
  }

  score(key: Key): number {
    return this.sets.has(this.ref, key) ? 1 : Number.NaN;
  }

  visitAll(visit: Visitor): void {
    const element = new Element();
    element.score = 1;
    this.sets.forEach(this.ref, ({ bytes, start, end }) => {
      element.bytes = bytes;
      element.start = start;
      element.end = end;
      visit(element);
    });
  }
}
