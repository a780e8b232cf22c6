/** The bench's own traffic: a PING, and SET commands as fast as the server takes them. */

import { connect, type Socket } from "node:net";

/** Whether a server listens on the port and answers PING with PONG (and not with LOADING). */
export function answersPing(port: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1" });
  return new Promise((resolve) => {
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("error", () => done(false));
    socket.on("close", () => done(false));
    socket.on("data", (bytes) => done(bytes.toString("latin1").startsWith("+PONG")));
    socket.write("PING\r\n");
  });
}

/** A command as clients send it, of words that are ASCII. */
export function request(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
}

export const KEY_DIGITS = 12;
const VALUE_BYTES = 64;
const BATCH = 500;
/** Batches that have been sent and not answered yet. */
const WINDOW = 8;
const REPLY_BYTES = "+OK\r\n".length;

/**
 * Sends `SET key:NNNNNNNNNNNN <64 bytes>` for the numbers that `numberOf(0)` to `numberOf(count - 1)` give; settles when
 * all are answered. The keys are those of redis-benchmark. Throws when the server answers anything but OK.
 */
export async function fill(
  port: number,
  count: number,
  numberOf: (index: number) => number = (i) => i,
): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const answered = countReplies(socket);
  const batch = new Batch();
  try {
    for (let start = 0; start < count; start += BATCH) {
      await answered(start - (WINDOW - 1) * BATCH);
      socket.write(batch.of(start, Math.min(BATCH, count - start), numberOf));
    }
    await answered(count);
  } finally {
    socket.destroy();
  }
}

/** Returns a function that waits until so many replies have come, each as long as OK. */
function countReplies(socket: Socket): (replies: number) => Promise<void> {
  let bytes = 0;
  let failure: Error | null = null;
  let wake: () => void = () => {};
  socket.on("data", (chunk) => {
    if ((chunk as Buffer).includes("-"))
      failure = new Error(`The server answered ${chunk.toString().slice(0, 200)}`);
    bytes += chunk.length;
    wake();
  });
  socket.on("error", (error) => {
    failure = error;
    wake();
  });
  socket.on("close", () => {
    failure ??= new Error("The server closed the connection");
    wake();
  });
  return async (replies) => {
    while (bytes < replies * REPLY_BYTES) {
      if (failure !== null) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

/** The bytes of a batch of commands, of which only the digits change. */
class Batch {
  private readonly template: Buffer;
  private readonly commandBytes: number;
  private readonly digitsAt: number;

  constructor() {
    const head = `*3\r\n$3\r\nSET\r\n$${4 + KEY_DIGITS}\r\nkey:`;
    const command = `${head}${"0".repeat(KEY_DIGITS)}\r\n$${VALUE_BYTES}\r\n${"x".repeat(VALUE_BYTES)}\r\n`;
    this.commandBytes = command.length;
    this.digitsAt = head.length;
    this.template = Buffer.from(command.repeat(BATCH), "latin1");
  }

  of(start: number, count: number, numberOf: (index: number) => number): Buffer {
    const bytes = Buffer.from(this.template.subarray(0, count * this.commandBytes));
    for (let i = 0; i < count; i++) {
      let number = numberOf(start + i);
      const last = i * this.commandBytes + this.digitsAt + KEY_DIGITS - 1;
      for (let at = last; number > 0; at--) {
        bytes[at] = 48 + (number % 10);
        number = Math.floor(number / 10);
      }
    }
    return bytes;
  }
}

/** The numbers below `count` in an order that jumps about and meets each once. */
export function scattered(count: number): (index: number) => number {
  const step = 2_654_435_761 % count;
  const stride = coprime(step, count);
  return (index) => (index * stride) % count;
}

function coprime(from: number, count: number): number {
  let stride = Math.max(1, from);
  while (divisor(stride, count) !== 1) stride++;
  return stride;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
