import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { renderCommandsPage } from "#tidemark/commands/page.js";

test("docs/commands.md is in step with the declarations", () => {
  const page = readFileSync(new URL("../../../docs/commands.md", import.meta.url), "utf8");
  assert.equal(page, renderCommandsPage(), "run: npm run build && node scripts/pages.mjs");
});
