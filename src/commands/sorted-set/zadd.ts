/** ZADD and ZINCRBY. */

import {
  block,
  double,
  integer,
  key,
  multiple,
  oneOf,
  optional,
  string,
  token,
} from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { ABSENT, type SortedSet } from "../../types/zset.js";
import { createSet, holdSet, tellChanges, writeEntry } from "./access.js";

// The conditions, as bits.
const NX = 1;
const XX = 2;
const GT = 4;
const LT = 8;
const CH = 16;
const INCR = 32;

export const zadd = command({
  name: "zadd",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Adds members with their scores, or gives members other scores",
  complexity: "O(log(N)) for each member, N being the number of members in the set",
  flags: ["write", "denyoom", "fast"],
  args: [
    key("key", ["RW", "update"]),
    optional(oneOf("condition", [token("nx", "NX"), token("xx", "XX")], { since: "3.0.2" })),
    optional(oneOf("comparison", [token("gt", "GT"), token("lt", "LT")], { since: "6.2.0" })),
    optional(token("change", "CH", { since: "3.0.2" })),
    optional(token("increment", "INCR", { since: "3.0.2" })),
    multiple(block("data", [double("score"), string("member")])),
  ],
  history: [
    ["2.4.0", "Takes more than one member."],
    ["3.0.2", "Added the options `XX`, `NX`, `CH` and `INCR`."],
    ["6.2.0", "Added the options `GT` and `LT`."],
  ],
  run(call) {
    let at = 2;
    let options = 0;
    for (let option = optionAt(call, at); option !== 0; option = optionAt(call, at)) {
      options |= option;
      at++;
    }
    checkOptions(options, call.argc - at);
    addAll(call, at, options);
  },
});

export const zincrby = command({
  name: "zincrby",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Adds to the score of a member, which is 0 if the member is new",
  complexity: "O(log(N)), N being the number of members in the set",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "access", "update"]), integer("increment"), string("member")],
  run(call) {
    // To Redis it is a ZADD that has lost its score.
    if (optionAt(call, 2) !== 0) throw syntaxError();
    addAll(call, 2, INCR);
  },
});

function optionAt(call: Call, at: number): number {
  if (at >= call.argc) return 0;
  const length = call.length(at);
  if (length !== 2 && length !== 4) return 0;
  if (call.is(at, "nx")) return NX;
  if (call.is(at, "xx")) return XX;
  if (call.is(at, "gt")) return GT;
  if (call.is(at, "lt")) return LT;
  if (call.is(at, "ch")) return CH;
  return call.is(at, "incr") ? INCR : 0;
}

function checkOptions(options: number, left: number): void {
  if (left === 0 || left % 2 !== 0) throw syntaxError();
  const has = (bits: number): boolean => (options & bits) === bits;
  if (has(NX | XX)) throw fail("XX and NX options at the same time are not compatible");
  if (has(GT | NX) || has(LT | NX) || has(GT | LT)) {
    throw fail("GT, LT, and/or NX options at the same time are not compatible");
  }
  if (has(INCR) && left > 2) throw fail("INCR option supports a single increment-element pair");
}

/** What became of the members of one command. */
class Outcome {
  added = 0;
  updated = 0;
  /** The last member's score, NaN when a condition kept it from being set. */
  score = Number.NaN;
}

/** Adds the pairs of score and member from an argument on. */
function addAll(call: Call, from: number, options: number): void {
  // All scores, before anything is changed; they are not kept, since that takes longer than to read them again.
  for (let at = from; at < call.argc; at += 2) call.double(at);
  const name = call.key(1);
  const ref = writeEntry(call, name);
  const outcome = new Outcome();
  if (ref !== 0 || (options & XX) === 0) {
    const set = ref === 0 ? createSet(call, from) : holdSet(call, name, ref);
    for (let at = from; at < call.argc; at += 2) addPair(call, set, at, options, outcome);
    keep(call, name, ref, set, outcome, options);
  }
  if ((options & INCR) === 0) {
    call.reply.integer(outcome.added + (options & CH ? outcome.updated : 0));
  } else if (Number.isNaN(outcome.score)) call.reply.nil();
  else call.reply.double(outcome.score);
}

/** Adds the score at an argument and the member behind it. */
function addPair(call: Call, set: SortedSet, at: number, options: number, outcome: Outcome): void {
  const given = call.double(at);
  const member = call.key(at + 1);
  const handle = set.find(member);
  outcome.score = Number.NaN;
  if (handle === ABSENT) {
    if (options & XX) return;
    set.insert(member, given);
    outcome.added++;
    outcome.score = given;
    return;
  }
  if (options & NX) return;
  const old = set.scoreOf(handle);
  const score = options & INCR ? old + given : given;
  if (Number.isNaN(score)) throw fail("resulting score is not a number (NaN)");
  if ((options & LT && score >= old) || (options & GT && score <= old)) return;
  outcome.score = score;
  if (score === old) return;
  set.update(member, handle, score);
  outcome.updated++;
}

function keep(call: Call, name: Key, ref: Ref, set: SortedSet, outcome: Outcome, options: number): void {
  if (ref === 0) call.database.put(name, 0, set.entry);
  const changes = outcome.added + outcome.updated;
  if (changes > 0) tellChanges(call, name, changes, options & INCR ? "zincr" : "zadd");
}
