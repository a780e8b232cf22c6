/** The `client-output-buffer-limit` directive: how much may wait to be sent to a client before it is cut off. */

import { type Kind, Refusal } from "../directive.js";
import { list } from "./list.js";
import { formatMemory, LONG_MAX, parseMemory } from "./number.js";

/** The classes of clients that have limits of their own. */
export type ClientClass = "normal" | "replica" | "pubsub";

export interface BufferLimit {
  /** Bytes at which the client is cut off at once; 0 is no limit. */
  readonly hard: number;
  /** Bytes at which it is cut off after `softSeconds`; 0 is no limit. */
  readonly soft: number;
  readonly softSeconds: number;
}

export type BufferLimits = Readonly<Record<ClientClass, BufferLimit>>;

/** `slave` is what Redis still shows and `replica` what it writes to files; both are read. */
const CLASSES: ReadonlyMap<string, ClientClass> = new Map([
  ["normal", "normal"],
  ["replica", "replica"],
  ["slave", "replica"],
  ["pubsub", "pubsub"],
]);

function readClass(word: string): ClientClass {
  const found = CLASSES.get(word.toLowerCase());
  if (found === undefined) throw new Refusal("Invalid client class specified in buffer limit configuration.");
  return found;
}

function readLimit(hardText: string, softText: string, seconds: string): BufferLimit {
  const hard = parseMemory(hardText);
  const soft = parseMemory(softText);
  if (hard === null || soft === null || !/^[0-9]+$/.test(seconds))
    throw new Refusal("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
  return { hard: Number(hard), soft: Number(soft), softSeconds: Number(seconds) };
}

/** Groups of class, hard limit, soft limit, soft seconds. Classes that are not named keep their limits. */
export const bufferLimits: Kind<BufferLimits> = list(
  "class hard soft seconds, for one or more of normal, replica, pubsub",
  (args, { current }) => {
    if (args.length % 4 !== 0) throw new Refusal("Wrong number of arguments in buffer limit configuration.");
    const limits = { ...current };
    for (let at = 0; at < args.length; at += 4)
      limits[readClass(args[at]!)] = readLimit(args[at + 1]!, args[at + 2]!, args[at + 3]!);
    return limits;
  },
  ({ normal, replica, pubsub }) =>
    [["normal", normal] as const, ["slave", replica] as const, ["pubsub", pubsub] as const]
      .map(([name, limit]) => `${name} ${limit.hard} ${limit.soft} ${limit.softSeconds}`)
      .join(" "),
  (value) =>
    (["normal", "replica", "pubsub"] as const).map((name) => {
      const { hard, soft, softSeconds } = value[name];
      return `${name} ${formatMemory(hard, LONG_MAX)} ${formatMemory(soft, LONG_MAX)} ${softSeconds}`;
    }),
);
