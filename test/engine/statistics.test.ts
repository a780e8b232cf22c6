import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentMaximum } from "#tidemark/engine/memory-account.js";
import { Statistics } from "#tidemark/engine/statistics.js";

test("rates are averages of the last sixteen samples", () => {
  const statistics = new Statistics();
  for (let tenth = 1; tenth <= 17; tenth++) {
    statistics.sample(tenth * 100);
    statistics.commands += 50;
  }
  assert.equal(Math.round(statistics.commandRate.average), 500);
  for (let tenth = 18; tenth <= 26; tenth++) statistics.sample(tenth * 100);
  assert.equal(Math.round(statistics.commandRate.average), 250);
});

test("a turn lasts from the first thing done in it to its end", () => {
  const statistics = new Statistics();
  statistics.turnEnded(50, 0);
  assert.equal(statistics.turns, 0);
  statistics.turnIsUnderWay(100);
  statistics.commands += 3;
  statistics.turnIsUnderWay(150);
  statistics.turnEnded(400, 20);
  assert.deepEqual(
    [
      statistics.turns,
      statistics.turnUs,
      statistics.turnUsMax,
      statistics.logUs,
      statistics.commandsPerTurnMax,
    ],
    [1, 300, 300, 20, 3],
  );
});

test("errors are counted by their code, of which there is a limit", () => {
  const statistics = new Statistics();
  for (const text of ["ERR a", "ERR b", "WRONGTYPE c", "BARE"]) statistics.countError(text);
  assert.deepEqual(
    [...statistics.errors],
    [
      ["ERR", 2],
      ["WRONGTYPE", 1],
      ["BARE", 1],
    ],
  );
  for (let i = 0; i < 200; i++) statistics.countError(`CODE${i} x`);
  assert.equal(statistics.errors.get("ERRORSTATS_OVERFLOW"), 200 - 125);
  assert.equal(statistics.errorReplies, 204);
  statistics.reset();
  assert.equal(statistics.errors.size, 0);
  assert.equal(statistics.errorReplies, 0);
});

test("recent maxima are forgotten after eight seconds", () => {
  const maximum = new RecentMaximum();
  maximum.add(100, 1000);
  maximum.add(50, 1003);
  assert.equal(maximum.value, 100);
  maximum.add(0, 1008);
  assert.equal(maximum.value, 50);
  maximum.add(0, 1100);
  assert.equal(maximum.value, 0);
});
