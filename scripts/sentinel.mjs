// Lets real Sentinels fail a Tidemark primary over (test/replication/sentinel.ts). Needs a build and redis-server.
import { spawnSync } from "node:child_process";

for (const project of ["tsconfig.json", "test/tsconfig.json"]) {
  const { status } = spawnSync("npx", ["tsc", "-p", project], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
const { watchedBySentinel } = await import("../build/test/replication/sentinel.js");
await watchedBySentinel();
console.log("Sentinel: the primary was killed, a replica took over, the old primary follows it.");
process.exit(0);
