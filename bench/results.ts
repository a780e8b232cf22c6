/** The file that keeps what was measured, for later runs to compare with. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import type { Figure } from "./figure.js";

const FILE = "bench/results.json";

export interface Results {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly redis: string;
  readonly figures: readonly Figure[];
}

/** The results of the last run that was kept, or null. */
export function previousResults(): Results | null {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Results) : null;
}

/** Writes the figures; of figures that this run did not measure, the previous ones stay. */
export function keepResults(figures: readonly Figure[], previous: Results | null): void {
  const measured = new Set(figures.map(({ name }) => name));
  const kept = previous?.figures.filter(({ name }) => !measured.has(name)) ?? [];
  const results: Results = { ...surroundings(), figures: [...kept, ...figures] };
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`);
}

export function surroundings(): Pick<Results, "date" | "machine" | "node" | "redis"> {
  const gigabytes = Math.round(os.totalmem() / 1024 ** 3);
  const version = execFileSync("redis-server", ["--version"]).toString();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${os.cpus().length} x ${os.cpus()[0]?.model.trim() ?? "?"}, ${gigabytes} GB, ${os.type()} ${os.release()}`,
    node: process.version,
    redis: /v=(\S+)/.exec(version)?.[1] ?? version,
  };
}
