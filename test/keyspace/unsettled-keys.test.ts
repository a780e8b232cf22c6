/** Up to which place in the log a reply must wait, by what its unit saw and wrote. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UnsettledKeys } from "#tidemark/keyspace/unsettled-keys.js";

describe("UnsettledKeys", () => {
  it("makes a write wait for its own end", () => {
    const keys = new UnsettledKeys();
    keys.wrote(1);
    assert.equal(keys.settle(100), 100);
  });

  it("makes a read wait for the last write of that key, and for no other", () => {
    const keys = new UnsettledKeys();
    keys.wrote(1);
    keys.settle(100);
    keys.wrote(2);
    keys.settle(200);
    keys.saw(1);
    assert.equal(keys.settle(200), 100);
    keys.saw(3);
    assert.equal(keys.settle(200), 0);
    keys.saw(3);
    keys.saw(2);
    assert.equal(keys.settle(200), 200);
  });

  it("makes a read of keys that nobody lists wait for everything", () => {
    const keys = new UnsettledKeys();
    keys.wrote(1);
    keys.settle(100);
    keys.sawAll();
    assert.equal(keys.settle(150), 150);
    keys.saw(3);
    assert.equal(keys.settle(150), 0);
  });

  it("makes every later read wait for a unit that changed whole databases", () => {
    const keys = new UnsettledKeys();
    keys.wrote(1);
    keys.wroteAll();
    assert.equal(keys.settle(100), 100);
    keys.saw(7);
    assert.equal(keys.settle(100), 100);
    keys.wrote(7);
    keys.settle(200);
    keys.saw(7);
    assert.equal(keys.settle(200), 200);
  });
});
