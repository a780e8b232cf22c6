/** An even load: so many requests a second, whether or not the server keeps up, and how long each took. */

import { connect, type Socket } from "node:net";

const CONNECTIONS = 20;
const LF = 10;

export interface Pace {
  readonly port: number;
  /** Random keys are below this; 0: all requests are for one key that is not there. */
  readonly keys: number;
  readonly perSecond: number;
  /** Sets, or gets. */
  readonly command: "SET" | "STRLEN";
}

/** Sends until `done` settles. Gives back the microseconds of each request, from when it was due, sorted. */
export async function paced(pace: Pace, done: Promise<unknown>): Promise<Float64Array> {
  const lines = Array.from({ length: CONNECTIONS }, () => new Line(pace));
  const began = performance.now();
  let sent = 0;
  let ended = false;
  void done.finally(() => {
    ended = true;
  });
  while (!ended) {
    const due = ((performance.now() - began) * pace.perSecond) / 1000;
    for (; sent < due; sent++)
      lines[sent % CONNECTIONS]!.send(began + (sent * 1000) / pace.perSecond, request(pace));
    for (const line of lines) line.flush();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const found = await Promise.all(lines.map((line) => line.end()));
  return Float64Array.from(found.flat()).sort();
}

function request({ keys, command }: Pace): string {
  const key = keys === 0 ? "none" : `key:${String(Math.floor(Math.random() * keys)).padStart(12, "0")}`;
  return command === "STRLEN" ? `STRLEN ${key}\r\n` : `SET ${key} ${"v".repeat(64)}\r\n`;
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

  /** Waits for the replies that are missing. */
  async end(): Promise<number[]> {
    if (this.answered < this.due.length)
      await new Promise<void>((resolve) => {
        this.settle = resolve;
      });
    this.socket.destroy();
    return this.micros;
  }

  private received(bytes: Buffer): void {
    const now = performance.now();
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1))
      this.micros.push((now - this.due[this.answered++]!) * 1000);
    if (this.answered === this.due.length) this.settle();
  }
}
