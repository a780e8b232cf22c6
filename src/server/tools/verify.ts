/** `tidemark verify`: do a primary and its replicas hold the same data? */

import type { Platform } from "../../platform/platform.js";
import { type Address, parseAddress } from "../../replication/verify/address.js";
import { Server } from "../../replication/verify/server.js";
import { shown } from "../../replication/verify/value.js";
import { type Verdict, verify } from "../../replication/verify/verify.js";
import { Progress } from "./progress.js";

const USAGE = `Usage: tidemark verify [options] PRIMARY REPLICA [REPLICA ...]

Compares the keys, values and expiries of running servers (Tidemark or Redis 7.0 and newer) while they
serve. An address is host:port, the path of a Unix socket, or redis://user:password@host:port.

  --pause MS    The longest pause of the primary's writes, for keys that are written all the time.
                0 allows none. Default: 200
  --lag MS      How long to wait for a replica to catch up. Default: 5000
  --timeout MS  How long a server may be silent. Default: 10000
  --limit N     How many differing keys to print. Default: 100

Exit status: 0 all equal, 1 keys differ, 2 not everything could be compared.
`;

const DEFAULTS = { pause: 200, lag: 5000, timeout: 10_000, limit: 100 };
type Settings = typeof DEFAULTS;

const EQUAL = 0;
const DIFFERENT = 1;
const UNDECIDED = 2;

/** Settles with the exit status. */
export async function verifyTool(args: readonly string[], platform: Platform): Promise<number> {
  const { host } = platform;
  if (args.includes("--help")) {
    host.write("stdout", USAGE);
    return EQUAL;
  }
  const asked = parse(args);
  if (typeof asked === "string") {
    host.write("stderr", `${asked}\n\n${USAGE}`);
    return UNDECIDED;
  }
  let status = EQUAL;
  for (const replica of asked.replicas) {
    try {
      status = Math.max(status, await compare(asked.primary, replica, asked.settings, platform));
    } catch (error) {
      host.write("stderr", `${replica.text} cannot be compared: ${(error as Error).message}\n`);
      status = UNDECIDED;
    }
  }
  return status;
}

async function compare(
  primaryAt: Address,
  replicaAt: Address,
  settings: Settings,
  platform: Platform,
): Promise<number> {
  const peer = { network: platform.network, clock: platform.clock, timeoutMs: settings.timeout };
  const progress = new Progress(platform, "keys");
  const primary = await Server.open(primaryAt, peer);
  try {
    const replica = await Server.open(replicaAt, peer);
    try {
      const verdict = await verify(primary, replica, {
        clock: platform.clock,
        pauseMs: settings.pause,
        lagMs: settings.lag,
        onProgress: (done, total) => progress.update(done, total),
      });
      progress.clear();
      return report(primary, replica, verdict, settings, platform);
    } finally {
      progress.clear();
      replica.close();
    }
  } finally {
    primary.close();
  }
}

function report(
  primary: Server,
  replica: Server,
  { compared, findings, pauseRefused }: Verdict,
  settings: Settings,
  { host }: Platform,
): number {
  const print = (text: string): void => host.write("stdout", `${text}\n`);
  const different = findings.filter(({ difference }) => difference !== null);
  const undecided = findings.length - different.length;
  for (const { database, key, difference } of different.slice(0, settings.limit))
    print(`db${database} ${shown(key.toString("latin1"))} ${difference}`);
  if (different.length > settings.limit) print(`... and ${different.length - settings.limit} more`);
  if (!primary.tellsExpiry || !replica.tellsExpiry)
    print("Expiries were not compared: a server older than 7.0 does not tell them.");
  const parts = [`${compared} keys compared`, `${different.length} differ`];
  if (undecided > 0)
    parts.push(
      `${undecided} undecided (${pauseRefused === null ? "the two never stood at the same offset of one history: is this its replica, and does it keep up?" : `writes could not be paused: ${pauseRefused}`})`,
    );
  print(`${primary.name} and ${replica.name}: ${parts.join(", ")}.`);
  if (different.length > 0) return DIFFERENT;
  return undecided > 0 ? UNDECIDED : EQUAL;
}

/** What the arguments ask for, or what is wrong with them. */
function parse(
  args: readonly string[],
): { primary: Address; replicas: readonly Address[]; settings: Settings } | string {
  const settings = { ...DEFAULTS };
  const addresses: Address[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (!word.startsWith("--")) {
      const address = parseAddress(word);
      if (address === null) return `Not an address: ${word}`;
      addresses.push(address);
      continue;
    }
    const name = word.slice(2);
    if (!Object.hasOwn(settings, name)) return `Unknown option: ${word}`;
    const text = args[++at] ?? "";
    if (!/^\d{1,9}$/.test(text)) return `${word} needs a whole number`;
    settings[name as keyof Settings] = Number(text);
  }
  const [primary, ...replicas] = addresses;
  if (primary === undefined || replicas.length === 0) return "A primary and at least one replica are needed";
  return { primary, replicas, settings };
}
