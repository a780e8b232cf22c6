/** Keyspaces to take snapshots of. */

import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import type { Format } from "#tidemark/snapshot/job/formats.js";
import type { RdbOptions } from "#tidemark/snapshot/rdb/writer.js";
import { SeededChance } from "../support/chance.js";

/** A keyspace of 16 databases; freed blocks are poisoned. */
export function emptyKeyspace(seed = 1): Keyspace {
  const keyspace = new Keyspace(16, new SeededChance(seed), { poison: true });
  keyspace.tick(1_700_000_000_000);
  return keyspace;
}

export function setText(keyspace: Keyspace, index: number, name: string, text: string): void {
  const value = Buffer.from(text);
  keyspace.databases[index]!.setString(keyspace.key(Buffer.from(name)), value, 0, value.length);
}

/** `count` short strings in database 0. */
export function keyspaceOf(count: number): Keyspace {
  const keyspace = emptyKeyspace();
  for (let i = 0; i < count; i++) setText(keyspace, 0, `key:${i}`, `value of ${i}`);
  return keyspace;
}

export function rdbFormat(options: Partial<RdbOptions> = {}): Format {
  return {
    kind: "rdb",
    options: {
      version: 10,
      compress: true,
      checksum: true,
      serverVersion: "7.2.6",
      usedMemory: 1000,
      aofBase: false,
      mark: null,
      access: "none",
      ...options,
    },
  };
}
