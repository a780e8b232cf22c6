// Runs every test file (or those whose path contains one of the given words) and ends with node:test's summary.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

for (const project of ["tsconfig.json", "test/tsconfig.json"]) {
  const { status } = spawnSync("npx", ["tsc", "-p", project], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
const words = process.argv.slice(2);
const files = readdirSync("build/test", { recursive: true })
  .map((name) => join("build/test", name))
  .filter(
    (name) => name.endsWith(".test.js") && (words.length === 0 || words.some((word) => name.includes(word))),
  )
  .sort();
if (files.length === 0) {
  console.error(`No test file matches: ${words.join(" ")}`);
  process.exit(1);
}
run({ files, concurrency: availableParallelism() })
  .on("test:fail", () => {
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
