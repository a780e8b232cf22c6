/** All directives: the tables of `directives/` joined, and the types that follow from them. */

import type { Directive } from "./directive.js";
import { aof } from "./directives/aof.js";
import { encodings } from "./directives/encodings.js";
import { memory } from "./directives/memory.js";
import { network } from "./directives/network.js";
import { observation } from "./directives/observation.js";
import { server } from "./directives/process.js";
import { rdb } from "./directives/rdb.js";
import { replication } from "./directives/replication.js";
import { security } from "./directives/security.js";

/** The tables under the headings of the configuration page. */
export const topics = {
  Network: network,
  Process: server,
  Security: security,
  Snapshots: rdb,
  "Append-only file": aof,
  Replication: replication,
  Memory: memory,
  Encodings: encodings,
  Observation: observation,
};

export const directives = {
  ...network,
  ...server,
  ...security,
  ...rdb,
  ...aof,
  ...replication,
  ...memory,
  ...encodings,
  ...observation,
};

type Directives = typeof directives;
/** The name of a directive that applies here, not an alias. */
export type Name = keyof Directives;
/** The value of each directive, as its declaration types it. */
export type Values = { [N in Name]: Directives[N] extends Directive<infer T> ? T : never };

/** A directive beside its name, where its type does not matter. */
export interface Entry {
  readonly name: Name;
  readonly directive: Directive<unknown>;
}

/** In the order of the tables. */
export const entries: readonly Entry[] = Object.entries<Directive<unknown>>(directives).map(
  ([name, directive]) => ({ name: name as Name, directive }),
);

const BY_NAME: ReadonlyMap<string, Entry> = new Map(
  entries.flatMap((entry) =>
    [entry.name, entry.directive.alias].flatMap((name) =>
      name === undefined ? [] : [[name, entry] as const],
    ),
  ),
);

/** The directive of that name or alias, in any mixture of cases. */
export function findDirective(name: string): Entry | null {
  return BY_NAME.get(name.toLowerCase()) ?? null;
}
