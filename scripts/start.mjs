// `npm start`: builds when needed, then serves with the append-only file on and the data in ./data.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const newest = (folder) =>
  Math.max(
    0,
    ...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs),
  );
if (!existsSync("dist/cli.js") || newest("src") > statSync("dist/cli.js").mtimeMs) {
  const { status } = spawnSync("npx", ["tsc", "-p", "tsconfig.json"], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
mkdirSync("data", { recursive: true });
// The directives given come last, so they win; the server runs in this very process.
process.argv.splice(2, 0, "--dir", "data", "--appendonly", "yes");
await import("../dist/cli.js");
