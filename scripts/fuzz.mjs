// Runs the fuzz programs one after another. `--seed N` repeats a run, `--seconds N` bounds it (default 60),
// any other word chooses programs by a part of their name. A program gets its seed and its share of the time as
// arguments and fails by its exit status.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { seed: { type: "string" }, seconds: { type: "string", default: "60" } },
  allowPositionals: true,
});
const folder = "build/test/fuzz";
const programs = (existsSync(folder) ? readdirSync(folder, { recursive: true }) : [])
  .filter((name) => name.endsWith(".fuzz.js") && existsSync(join("test/fuzz", name.replace(/js$/, "ts"))))
  .filter((name) => positionals.length === 0 || positionals.some((word) => name.includes(word)))
  .sort();
if (programs.length === 0) {
  console.error(`No fuzz program matches: ${positionals.join(" ")}`);
  process.exit(1);
}
const seed = values.seed ?? String(Math.floor(Math.random() * 0x7fffffff));
const seconds = String(Math.max(1, Math.floor(Number(values.seconds) / programs.length)));
const failed = [];
for (const name of programs) {
  console.log(`${name}: seed ${seed}, ${seconds} s`);
  const { status, signal } = spawnSync(process.execPath, [join(folder, name), seed, seconds], {
    stdio: "inherit",
  });
  if (status !== 0)
    failed.push(`npm run fuzz -- --seed ${seed} ${name.replace(".fuzz.js", "")} (${signal ?? status})`);
}
for (const line of failed) console.error(`Failed; to repeat it: ${line}`);
process.exit(failed.length === 0 ? 0 : 1);
