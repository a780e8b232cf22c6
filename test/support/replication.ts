/** Watching replication from outside, whatever servers take part in it. */

import { eventually } from "./condition.js";
import type { WireClient } from "./wire.js";

/** A full resync starts threads and processes, which takes its time on a machine that has much else to do. */
const PATIENCE_MS = 60_000;

/** The fields of INFO replication. */
export async function replicationOf(client: WireClient): Promise<Map<string, string>> {
  const text = String(await client.call("INFO", "replication"));
  return new Map(text.split("\r\n").map((line) => line.split(":", 2) as [string, string]));
}

export const offsetOf = async (client: WireClient): Promise<number> =>
  Number((await replicationOf(client)).get("master_repl_offset"));

/** Settles when the replica is linked and both are at the same offset. */
export async function caughtUp(primary: WireClient, replica: WireClient): Promise<void> {
  const hasEverything = async (): Promise<boolean> => {
    const ours = await replicationOf(replica);
    return (
      ours.get("master_link_status") === "up" &&
      Number(ours.get("master_repl_offset")) === (await offsetOf(primary))
    );
  };
  await eventually("the replica has everything", hasEverything, PATIENCE_MS);
}

/** Every type, several databases, expiry, transactions and what is propagated in another form. */
export async function load(client: WireClient, round: number): Promise<void> {
  const commands: (string | number)[][] = [["SELECT", round % 3]];
  for (let i = 0; i < 50; i++) {
    const key = (round * 7 + i) % 40;
    commands.push(
      ["SET", `s${key}`, `value ${round} ${i}`],
      ["SETEX", `e${key}`, 1000 + i, "x".repeat(i * 10)],
      ["RPUSH", `l${key}`, round, i, "a"],
      ["LPOP", `l${key}`],
      ["SADD", `t${key}`, i, `m${round}`],
      ["SPOP", `t${key}`],
      ["HSET", `h${key}`, `f${i}`, round],
      ["ZADD", `z${key}`, i, `m${i}`, round, "n"],
      ["INCRBYFLOAT", `f${key}`, 0.25],
    );
  }
  commands.push(["MULTI"], ["SET", "in", round], ["SELECT", 4], ["INCR", "unit"], ["EXEC"]);
  commands.push(["PUBLISH", "channel", round], ["PEXPIRE", "s1", 1], ["DEL", "s2"], ["SET", "last", round]);
  await client.pipeline(commands);
}

/** Settles when the replica is linked, at the primary's offset, and both have the same data. */
export async function sameData(primary: WireClient, replica: WireClient): Promise<void> {
  // What has expired may be gone on one side before the other has heard of it.
  const areEqual = async (): Promise<boolean> => {
    await caughtUp(primary, replica);
    return (await primary.call("DEBUG", "DIGEST")) === (await replica.call("DEBUG", "DIGEST"));
  };
  await eventually("the data sets are equal", areEqual, PATIENCE_MS);
}
