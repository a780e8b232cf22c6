/** Clients that wait for each reply before they send again, and note how long it took. */

import { connect, type Socket } from "node:net";
import { request } from "./connection.js";

const CLIENTS = 20;
const VALUE = "v".repeat(64);

/** One question to a server, and its whole answer as text, as soon as something has come. */
export function ask(port: number, ...words: string[]): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  return new Promise((resolve, reject) => {
    let answer = "";
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      if (!isWhole(answer)) return;
      socket.destroy();
      resolve(answer);
    });
    socket.write(`${words.join(" ")}\r\n`);
  });
}

function isWhole(answer: string): boolean {
  const length = /^\$(\d+)\r\n/.exec(answer);
  return length === null
    ? answer.endsWith("\r\n")
    : answer.length >= length[0].length + Number(length[1]) + 2;
}

/** What INFO shows under a name, in a section that holds it. */
export async function infoText(port: number, section: string, name: string): Promise<string> {
  return new RegExp(`^${name}:(.*)\r$`, "m").exec(await ask(port, "INFO", section))?.[1] ?? "";
}

/** The number that INFO persistence, or another section, shows under a name. */
export async function info(port: number, name: string, section = "persistence"): Promise<number> {
  return Number(await infoText(port, section, name));
}

/** Sets random keys out of `keys` from a few connections until `done` settles; microseconds of each, sorted. */
export async function latencies(port: number, keys: number, done: Promise<unknown>): Promise<Float64Array> {
  const found: number[] = [];
  let ended = false;
  const sockets = Array.from({ length: CLIENTS }, () => connect({ port, host: "127.0.0.1", noDelay: true }));
  const stopped = sockets.map((socket) => run(socket, keys, found, () => ended));
  await done;
  ended = true;
  await Promise.all(stopped);
  return Float64Array.from(found).sort();
}

function run(socket: Socket, keys: number, found: number[], ended: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const send = (): void => {
      const number = String(Math.floor(Math.random() * keys)).padStart(12, "0");
      sent = performance.now();
      socket.write(request("SET", `key:${number}`, VALUE));
    };
    socket.on("error", reject);
    socket.on("data", () => {
      found.push((performance.now() - sent) * 1000);
      if (!ended()) send();
      else {
        socket.destroy();
        resolve();
      }
    });
    send();
  });
}

/** The value that such a share of the sorted values does not exceed. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
