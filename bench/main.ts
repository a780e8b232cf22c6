/**
 * `npm run bench -- [throughput|always|memory|restart|collections|members|snapshot|replication|annotations|rewrite ...]
 * [--quick]`: measures Tidemark beside redis-server, prints a table and keeps the figures in bench/results.json (those of
 * short runs are not kept). Needs redis-server and redis-benchmark.
 */

import { always } from "./always.js";
import { annotations } from "./annotations.js";
import { collections } from "./collections.js";
import { type Effort, type Figure, FULL, isMet, QUICK } from "./figure.js";
import { members } from "./members.js";
import { memory } from "./memory.js";
import { replication } from "./replication.js";
import { restart } from "./restart.js";
import { keepResults, previousResults, surroundings } from "./results.js";
import { rewrite } from "./rewrite.js";
import { snapshot } from "./snapshot.js";
import { heading, line } from "./table.js";
import { throughput } from "./throughput.js";

type Group = (effort: Effort, show: (figure: Figure) => void) => Promise<void>;

const GROUPS: Readonly<Record<string, Group>> = {
  throughput,
  always,
  memory,
  restart,
  collections,
  members,
  snapshot,
  replication,
  annotations,
  rewrite,
};

const words = process.argv.slice(2);
const quick = words.includes("--quick");
const chosen = words.filter((word) => word !== "--quick");
const unknown = chosen.filter((word) => !(word in GROUPS));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(", ")}; there are ${Object.keys(GROUPS).join(", ")}`);
  process.exit(2);
}

const previous = previousResults();
const figures: Figure[] = [];
const { machine, node, redis } = surroundings();
console.log(`${machine}; Node ${node}, redis-server ${redis}\n\n${heading()}`);
for (const [name, measure] of Object.entries(GROUPS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  await measure(quick ? QUICK : FULL, (figure) => {
    figures.push(figure);
    console.log(
      line(
        figure,
        previous?.figures.find((other) => other.name === figure.name),
      ),
    );
  });
}
if (!quick) keepResults(figures, previous);
process.exitCode = figures.every(isMet) ? 0 : 1;
