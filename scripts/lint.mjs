// Types of the product, the tests and the bench; then the linter and the formatter's check.
import { spawnSync } from "node:child_process";

const steps = [
  ["tsc", "-p", "tsconfig.json"],
  ["tsc", "-p", "test/tsconfig.json"],
  ["tsc", "-p", "bench/tsconfig.json"],
  ["biome", "check", "--error-on-warnings"],
];
for (const step of steps) {
  const { status } = spawnSync("npx", step, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
