import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { systemFailure, systemReason } from "#tidemark/config/kinds/directory.js";

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

test("errors of the system in the words of the C library", () => {
  const absent = errorOf(() => statSync("/nothing/there"));
  assert.equal(systemReason(absent), "No such file or directory");
  assert.equal(systemFailure(absent), "/nothing/there: No such file or directory");
  assert.equal(systemReason(new Error("of our own")), "Of our own");
});

test("errors that Node has no name for", () => {
  for (const [errno, words] of [
    [-116, "Stale file handle"],
    [-122, "Disk quota exceeded"],
  ] as const) {
    const code = `Unknown system error ${errno}`;
    const error = Object.assign(new Error(`${code}: ${code}, write`), { errno, code, syscall: "write" });
    assert.equal(systemReason(error), words);
  }
});
