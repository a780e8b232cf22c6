/**
 * What a replica says to its primary before it asks for the stream, a step at a time: each is a command and what its
 * answer means. A primary that is older than a step does not know it; only what nothing can go on without is an end.
 */

import type { Values } from "../../config/table.js";
import { REDIS_VERSION } from "../../config/version.js";
import type { Command } from "../../resp/peer.js";
import { bytesOfLatin1 } from "../../util/ascii.js";
import type { LogLine } from "../../util/log-line.js";

/** The primary's answer makes it useless to go on; the message is a line for the log. */
export class HandshakeError extends Error {
  constructor(
    message: string,
    readonly level: "notice" | "warning" = "warning",
  ) {
    super(message);
  }
}

export interface HandshakeParts {
  readonly values: Readonly<Values>;
  /** The port on which this server is found, unless another one is to be announced. */
  readonly port: number;
  readonly log: LogLine;
}

export interface Step {
  readonly name: string;
  /** The command, or null when there is nothing to say. */
  command(parts: HandshakeParts): Command | null;
  /** Takes the answer, a line without its end. Throws a HandshakeError. */
  answered(reply: string, parts: HandshakeParts): void;
}

/** A primary may answer a PING like this and still be willing, once it knows who is asking. */
const WANTS_AUTHENTICATION = ["-NOAUTH", "-NOPERM", "-ERR operation not permitted"];

const ping: Step = {
  name: "PING",
  command: () => ["PING"],
  answered(reply, { log }) {
    if (!reply.startsWith("+") && !WANTS_AUTHENTICATION.some((start) => reply.startsWith(start)))
      throw new HandshakeError(`Error reply to PING from master: '${reply}'`);
    log("notice", "Master replied to PING, replication can continue...");
  },
};

const authenticate: Step = {
  name: "AUTH",
  command({ values }) {
    const { masteruser, masterauth } = values;
    if (masterauth.length === 0) return null;
    const password = bytesOfLatin1(masterauth);
    return masteruser === "" ? ["AUTH", password] : ["AUTH", masteruser, password];
  },
  answered(reply) {
    if (reply.startsWith("-")) throw new HandshakeError(`Unable to AUTH to MASTER: ${reply}`);
  },
};

/** A piece of information that the primary may do without. */
function tell(what: string, words: (parts: HandshakeParts) => readonly string[] | null): Step {
  return {
    name: `REPLCONF ${what}`,
    command(parts) {
      const told = words(parts);
      return told === null ? null : ["REPLCONF", ...told];
    },
    answered(reply, { log }) {
      if (reply.startsWith("-"))
        log("notice", `(Non critical) Master does not understand REPLCONF ${what}: ${reply}`);
    },
  };
}

/** In their order. What follows is PSYNC. */
export const STEPS: readonly Step[] = [
  ping,
  authenticate,
  tell("listening-port", ({ values, port }) => [
    "listening-port",
    String(values["replica-announce-port"] || port),
  ]),
  tell("ip-address", ({ values }) =>
    values["replica-announce-ip"] === "" ? null : ["ip-address", values["replica-announce-ip"]],
  ),
  tell("capa", () => ["capa", "eof", "capa", "psync2"]),
  tell("VERSION", () => ["version", REDIS_VERSION]),
];
