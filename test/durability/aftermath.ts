/** What the tools make of the files that a life has left: check-aof has no complaint, and restore finds the past. */

import { checkAof } from "#tidemark/server/tools/check-aof.js";
import { restore } from "#tidemark/server/tools/restore.js";
import type { SimulatedPlatform } from "../support/platform.js";
import { launchSimulated } from "../support/product.js";
import type { Ledger } from "./ledger.js";

const RESTORED = "/restored";

/** A place in the log, and the numbers of the operations that had been sent when it had come so far. */
export interface Moment {
  readonly offset: number;
  readonly sent: readonly number[];
}

/** Throws when check-aof does not like files that a start has accepted. */
export async function checkFiles(machine: SimulatedPlatform): Promise<void> {
  const { disk, host, clock } = machine;
  const single = "/data/appendonly.aof";
  const path = disk.stat(single) === null ? "/data/appendonlydir/appendonly.aof.manifest" : single;
  host.output = "";
  if ((await clock.run(checkAof([path], machine))) !== 0) throw new Error(`check-aof: ${host.output}`);
}

/** Throws unless what is restored of a moment is some first part of what is there now, and nothing later. */
export async function checkPast(
  machine: SimulatedPlatform,
  ledgers: readonly Ledger[],
  { offset, sent }: Moment,
): Promise<string> {
  const { clock } = machine;
  const past = machine.rebooted(machine.disk.afterProcessDeath());
  const words = ["--dir", "/data", "--to", `offset:${offset}`, "--out", RESTORED];
  const status = await clock.run(restore(words, past));
  if (status !== 0) return past.host.output;
  await launchSimulated(past, { dir: RESTORED, appendonly: "yes", "auto-aof-rewrite-percentage": "0" });
  const client = await past.network.client(6379);
  for (const [at, ledger] of ledgers.entries()) {
    const wrong = await clock.run(ledger.checkPast(client, sent[at]!));
    if (wrong !== null) throw new Error(`restored to offset ${offset}: ${wrong}`);
  }
  return past.host.output;
}
