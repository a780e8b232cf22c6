/** INFO keyspace: a line for each database that has keys. */

import { type Field, section } from "./section.js";

export const keyspace = section("Keyspace", (engine) =>
  engine.keyspace.databases
    .filter(({ count }) => count > 0)
    .map(({ index, count, expires, averageTtlMs }): Field => {
      const averageTtl = Math.floor(averageTtlMs);
      return [`db${index}`, `keys=${count},expires=${expires.count},avg_ttl=${averageTtl}`];
    }),
);
