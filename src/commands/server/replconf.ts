/** REPLCONF: what a replica and its primary tell each other beside the stream. */

import { splitArguments } from "../../config/parse.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { Handshake } from "../../replication/primary/handshake.js";

const INT_MIN = -2147483648;
const INT_MAX = 2147483647;
/** The longest address that Redis takes. */
const ADDRESS_BYTES_MAX = 255;

export const replconf = command({
  name: "replconf",
  group: "server",
  since: "3.0.0",
  summary: "Tells a primary about the replica that the connection is or will be",
  complexity: "O(1)",
  flags: ["admin", "noscript", "loading", "stale", "allow_busy"],
  arity: -1,
  internal: true,
  run(call) {
    if (call.argc % 2 === 0) throw syntaxError();
    for (let at = 1; at < call.argc; at += 2) {
      if (call.is(at, "ack")) {
        acknowledge(call, at);
        return;
      }
      // Only a replica has something to say to that, and only to its primary.
      if (call.is(at, "getack")) {
        if (call.client.kind === "primary") call.engine.services.follower.acknowledgeSoon();
        return;
      }
      readOption(call, at);
    }
    call.reply.ok();
  },
});

function readOption(call: Call, at: number): void {
  const { client } = call;
  client.handshake ??= new Handshake();
  const { handshake } = client;
  const value = at + 1;
  if (call.is(at, "listening-port")) handshake.port = call.integer(value, undefined, INT_MIN, INT_MAX);
  else if (call.is(at, "ip-address")) handshake.address = readAddress(call, value);
  else if (call.is(at, "capa")) readCapability(call, value, handshake);
  else if (call.is(at, "rdb-only")) handshake.rdbOnly = readFlag(call, value);
  else if (call.is(at, "rdb-filter-only")) readFilter(call, value, handshake);
  else if (call.is(at, "version")) handshake.version = call.text(value);
  else throw fail(`Unrecognized REPLCONF option: ${call.shown(at)}`);
}

function readAddress(call: Call, at: number): string {
  const length = call.length(at);
  if (length > ADDRESS_BYTES_MAX)
    throw fail(`REPLCONF ip-address provided by replica instance is too long: ${length} bytes`);
  return call.text(at);
}

/** Capabilities that are not known are those of a later version, and nothing has to be done for them. */
function readCapability(call: Call, at: number, handshake: Handshake): void {
  if (call.is(at, "eof")) handshake.eof = true;
  else if (call.is(at, "psync2")) handshake.psync2 = true;
}

function readFlag(call: Call, at: number): boolean {
  const outOfRange = (): Error => fail("value is out of range, value must between 0 and 1");
  const value = call.integer(at);
  if (value !== 0 && value !== 1) throw outOfRange();
  return value === 1;
}

/** What the snapshot may contain, as words; nothing else gets into it. */
function readFilter(call: Call, at: number, handshake: Handshake): void {
  handshake.excludesData = true;
  handshake.excludesFunctions = true;
  const words = splitArguments(call.text(at));
  if (words === null) throw fail("Missing rdb-filter-only values");
  for (const word of words) {
    if (word.toLowerCase() !== "functions") throw fail(`Unsupported rdb-filter-only option: ${word}`);
    handshake.excludesFunctions = false;
  }
}

/** REPLCONF ACK offset [FACK offset]: there is no reply, and nothing happens when it is not a replica that says so. */
function acknowledge(call: Call, at: number): void {
  const { replica } = call.client;
  if (replica === null) return;
  const offset = Number(call.integer64(at + 1));
  const hasFile = call.argc > at + 3 && call.is(at + 2, "fack");
  const fileOffset = hasFile ? Number(call.integer64(at + 3)) : null;
  call.engine.services.primary.acknowledged(replica, offset, fileOffset);
}
