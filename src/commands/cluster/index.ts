/**
 * The commands of group cluster, as a server that is no part of one answers them. Clients and tools ask CLUSTER to
 * learn what they talk to, and know Redis's answer by its text.
 */

import { command, type Declaration, type Flag } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";

const SUMMARY = "Answers that this server is not part of a cluster";

/** A command that only a server in cluster mode executes. */
const ofCluster = (name: string, flags: readonly Flag[], rest: Partial<Declaration>): Declaration =>
  command({
    name,
    group: "cluster",
    since: "3.0.0",
    summary: SUMMARY,
    complexity: "O(1)",
    flags,
    ...rest,
    run: () => {
      throw fail("This instance has cluster support disabled");
    },
  });

export const clusterCommands: readonly Declaration[] = [
  ofCluster("asking", ["fast"], { categories: ["connection"] }),
  ofCluster("cluster", [], { arity: -2 }),
  ofCluster("readonly", ["loading", "stale", "fast"], { categories: ["connection"] }),
  ofCluster("readwrite", ["loading", "stale", "fast"], { categories: ["connection"] }),
];
