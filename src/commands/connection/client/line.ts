/** A session as one line of text: CLIENT LIST and CLIENT INFO. */

import type { Client } from "../../../engine/client.js";
import type { Request } from "../../../resp/request.js";

/**
 * The fields of Redis 7.2 in its order. `request` is the command that the session is running, null for any other
 * session. There is one chain of unsent output for each connection, so `oll` is 0 or 1.
 */
export function clientLine(client: Client, nowMs: number, request: Request | null): string {
  const { link, reply, transaction, subscriptions } = client;
  const present = request ?? client.blocked?.request ?? null;
  const argumentBytes = present === null ? 0 : bytesOfArguments(present);
  const fields = {
    id: client.id,
    addr: link.remote,
    laddr: link.local,
    fd: link.fd,
    name: client.name,
    age: secondsSince(client.createdMs, nowMs),
    idle: secondsSince(client.lastActiveMs, nowMs),
    flags: flagsOf(client),
    db: client.database.index,
    sub: subscriptions?.channel.size ?? 0,
    psub: subscriptions?.pattern.size ?? 0,
    ssub: subscriptions?.shard.size ?? 0,
    multi: transaction === null ? -1 : transaction.count,
    qbuf: link.queryBytes,
    "qbuf-free": Math.max(0, link.queryBufferBytes - link.queryBytes),
    "argv-mem": argumentBytes,
    "multi-mem": transaction?.bytes ?? 0,
    rbs: reply.heldBytes,
    rbp: reply.length,
    obl: reply.length,
    oll: link.outputBytes > 0 ? 1 : 0,
    omem: link.outputBytes,
    "tot-mem": client.bufferBytes + argumentBytes,
    events: link.outputBytes > 0 ? "rw" : "r",
    cmd: client.lastCommand?.fullName ?? "NULL",
    user: client.user,
    redir: -1,
    resp: reply.version,
    "lib-name": client.libraryName,
    "lib-ver": client.libraryVersion,
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

function secondsSince(thenMs: number, nowMs: number): number {
  return Math.max(0, Math.floor(nowMs / 1000) - Math.floor(thenMs / 1000));
}

function bytesOfArguments(request: Request): number {
  let bytes = 0;
  for (let at = 0; at < request.argc; at++) bytes += request.length(at);
  return bytes;
}

function flagsOf(client: Client): string {
  const flags = [
    client.monitor ? "O" : client.replica !== null ? "S" : "",
    client.kind === "primary" ? "M" : "",
    client.subscribed ? "P" : "",
    client.transaction !== null ? "x" : "",
    client.blocked !== null ? "b" : "",
    client.dirty ? "d" : "",
    client.closing ? "c" : "",
    client.link.isUnix ? "U" : "",
    client.noEvict ? "e" : "",
    client.noTouch ? "T" : "",
  ].join("");
  return flags === "" ? "N" : flags;
}
