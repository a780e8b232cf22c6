// `npm start`: builds when needed, then serves with the append-only file on and the data in ./data.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const newest = (folder) =>
  Math.max(
    0,
    ...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs),
  );

/**
 * npm gives a signal to the shell that it runs this in, and a shell that waits keeps it to itself: it ends, and nobody
 * would end the server. Only the second look counts, so that a signal to all (Ctrl-C) has arrived here and is not the
 * first of two.
 */
function endWithShell(shell) {
  let looks = 0;
  const watch = setInterval(() => {
    if (process.ppid !== shell && ++looks === 2) process.kill(process.pid, "SIGTERM");
  }, 200);
  watch.unref();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => clearInterval(watch));
}

if (!existsSync("dist/cli.js") || newest("src") > statSync("dist/cli.js").mtimeMs) {
  const { status } = spawnSync("npx", ["tsc", "-p", "tsconfig.json"], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
mkdirSync("data", { recursive: true });
if (process.env.npm_lifecycle_event !== undefined) endWithShell(process.ppid);
// The directives given come last, so they win; the server runs in this very process.
process.argv.splice(2, 0, "--dir", "data", "--appendonly", "yes");
await import("../dist/cli.js");
