import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "#tidemark/engine/command.js";
import { type Transaction, TransactionPool } from "#tidemark/engine/transaction.js";
import { Request } from "#tidemark/resp/request.js";

/** Commands whose words differ in number and length. */
function script(seed: number, length: number): string[][] {
  return Array.from({ length }, (_, at) =>
    Array.from({ length: 1 + ((seed + at) % 20) }, (_, word) =>
      `${seed}-${at}-${word}`.repeat(1 + (seed % 7)),
    ),
  );
}

function wordsOf(transaction: Transaction): string[][] {
  return Array.from({ length: transaction.count }, (_, at) => {
    const { request } = transaction.at(at);
    return Array.from({ length: request.argc }, (_, word) => request.text(word));
  });
}

test("a transaction that uses the memory of others has its own commands and no more", () => {
  const pool = new TransactionPool();
  const command = (bits: number) => ({ bits }) as Command;
  for (let seed = 0; seed < 60; seed++) {
    const [one, other] = [pool.take(), pool.take()];
    assert.deepEqual([one.count, one.bits, one.commonBits, one.bytes, one.failed], [0, 0, -1, 0, false]);
    const [first, second] = [script(seed, seed % 19), script(seed + 5, (seed * 7) % 13)];
    for (const words of first) one.add(command(1), Request.of(words));
    for (const words of second) other.add(command(2), Request.of(words));
    assert.deepEqual(wordsOf(one), first);
    assert.deepEqual(wordsOf(other), second);
    assert.equal(
      one.bytes,
      first.reduce((sum, words) => sum + Request.of(words).end, 0),
    );
    assert.equal(one.bits, first.length === 0 ? 0 : 1);
    one.failed = seed % 2 === 0;
    pool.give(one);
    pool.give(other);
  }
});
