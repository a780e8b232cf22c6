import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inapplicable } from "#tidemark/config/directives/inapplicable.js";
import { renderConfigurationPage } from "#tidemark/config/page.js";
import { directives, entries, findDirective, topics } from "#tidemark/config/table.js";

test("docs/configuration.md is what the tables give; else run: npm run build && node scripts/pages.mjs", () => {
  const page = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
  assert.equal(page, renderConfigurationPage());
});

test("every directive is under one heading, has a sentence, and no name means two things", () => {
  assert.equal(
    Object.values(topics).flatMap((table) => Object.keys(table)).length,
    Object.keys(directives).length,
  );
  const names = entries.flatMap(({ name, directive }) => [
    name,
    ...(directive.alias ? [directive.alias] : []),
  ]);
  const others = inapplicable.flatMap((group) => group.names);
  assert.equal(new Set([...names, ...others]).size, names.length + others.length);
  for (const { name, directive } of entries) {
    assert.match(directive.summary, /^[A-Z][^|]*\.$/, name);
    assert.equal(findDirective(name.toUpperCase())?.name, name);
  }
});
