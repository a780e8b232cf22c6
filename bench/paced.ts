/** An even load: so many requests a second, whether or not the server keeps up, and how long each took. */

import { connect, type Socket } from "node:net";
import { request } from "./connection.js";

const CONNECTIONS = 20;
const WARMING_MS = 1500;
const VALUE = "v".repeat(64);
const LF = 10;

export interface Pace {
  readonly port: number;
  /** Random keys are below this; 0: all requests are for one key that is not there. */
  readonly keys: number;
  readonly perSecond: number;
  /** Sets, or gets. */
  readonly command: "SET" | "STRLEN";
}

/**
 * Sends for a while so that both sides have run warm, then begins what is to be watched and goes on until it settles.
 * Gives back the microseconds of each request that was due meanwhile, from when it was due, sorted.
 */
export async function paced(pace: Pace, watched: () => Promise<unknown>): Promise<Float64Array> {
  const lines = Array.from({ length: CONNECTIONS }, () => new Line(pace));
  const began = performance.now();
  let sent = 0;
  let ended = false;
  let watchedFrom = Number.POSITIVE_INFINITY;
  void new Promise((resolve) => setTimeout(resolve, WARMING_MS))
    .then(() => {
      watchedFrom = performance.now();
      return watched();
    })
    .finally(() => {
      ended = true;
    });
  while (!ended) {
    const due = ((performance.now() - began) * pace.perSecond) / 1000;
    for (; sent < due; sent++)
      lines[sent % CONNECTIONS]!.send(began + (sent * 1000) / pace.perSecond, requestOf(pace));
    for (const line of lines) line.flush();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const found = await Promise.all(lines.map((line) => line.end(watchedFrom)));
  return Float64Array.from(found.flat()).sort();
}

function requestOf({ keys, command }: Pace): string {
  const key = keys === 0 ? "none" : `key:${String(Math.floor(Math.random() * keys)).padStart(12, "0")}`;
  return command === "STRLEN" ? request("STRLEN", key) : request("SET", key, VALUE);
}

/** A connection, whose replies have one line each. */
class Line {
  private readonly socket: Socket;
  private readonly due: number[] = [];
  private readonly micros: number[] = [];
  private text = "";
  private answered = 0;
  private settle: () => void = () => {};

  constructor({ port }: Pace) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (bytes) => this.received(bytes as Buffer));
    this.socket.on("error", () => this.settle());
  }

  send(dueMs: number, text: string): void {
    this.due.push(dueMs);
    this.text += text;
  }

  flush(): void {
    if (this.text === "") return;
    this.socket.write(this.text, "latin1");
    this.text = "";
  }

  /** Waits for the replies that are missing, and gives back the microseconds of what was due from then on. */
  async end(fromMs: number): Promise<number[]> {
    if (this.answered < this.due.length)
      await new Promise<void>((resolve) => {
        this.settle = resolve;
      });
    this.socket.destroy();
    return this.micros.filter((_, at) => this.due[at]! >= fromMs);
  }

  private received(bytes: Buffer): void {
    const now = performance.now();
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1))
      this.micros.push((now - this.due[this.answered++]!) * 1000);
    if (this.answered === this.due.length) this.settle();
  }
}
