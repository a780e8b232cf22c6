import assert from "node:assert/strict";
import { test } from "node:test";
import { History, NO_REPLID } from "#tidemark/log/history.js";
import { SeededChance } from "../support/chance.js";

test("a history has a random id and no past", () => {
  const history = new History(new SeededChance(1));
  assert.match(history.replid, /^[0-9a-f]{40}$/);
  assert.equal(history.replid2, NO_REPLID);
  assert.equal(history.secondReplidOffset, -1);
});

test("after a branch the old id holds up to the byte behind the branch", () => {
  const history = new History(new SeededChance(1));
  const old = history.replid;
  history.branch(100);
  assert.notEqual(history.replid, old);
  assert.equal(history.includes(old, 101), true);
  assert.equal(history.includes(old.toUpperCase(), 101), true);
  assert.equal(history.includes(old, 102), false);
  assert.equal(history.includes(history.replid, 1_000_000), true);
  history.renew();
  assert.equal(history.includes(old, 1), false);
});

test("a server that starts from files branches off the history they belong to", () => {
  const history = new History(new SeededChance(1));
  const replid = "a".repeat(40);
  history.branchFrom({ replid, offset: 7 });
  assert.deepEqual([history.replid2, history.secondReplidOffset], [replid, 8]);
});

test("a place is known by the old id as long as nothing has followed the branch", () => {
  const history = new History(new SeededChance(1));
  const old = history.replid;
  assert.deepEqual(history.known(0), { replid: old, offset: 0 });
  history.branch(100);
  assert.deepEqual(history.known(100), { replid: old, offset: 100 });
  assert.deepEqual(history.known(101), { replid: history.replid, offset: 101 });
});
