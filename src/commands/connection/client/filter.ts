/** The kinds of clients that CLIENT LIST and CLIENT KILL can ask for. */

import type { Call } from "../../../engine/call.js";
import type { Client } from "../../../engine/client.js";
import { fail } from "../../../engine/errors.js";

export type ClientType = "normal" | "pubsub" | "replica" | "master";

/** The type that the argument names; throws when there is no such type. */
export function readType(call: Call, at: number): ClientType {
  if (call.is(at, "slave")) return "replica";
  const type = (["normal", "pubsub", "replica", "master"] as const).find((name) => call.is(at, name));
  if (type === undefined) throw fail(`Unknown client type '${call.shown(at)}'`);
  return type;
}

/** What a session is in these terms; one in MONITOR mode is a normal client. */
export function typeOfClient(client: Client): ClientType {
  if (client.kind === "primary") return "master";
  if (client.replica !== null) return "replica";
  return client.subscribed ? "pubsub" : "normal";
}
