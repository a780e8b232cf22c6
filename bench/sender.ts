/** A connection that sends many commands, each answered by one line: filling, changing and emptying collections. */

import { connect, type Socket } from "node:net";

/** Commands that are sent together, and batches that have been sent and not answered yet. */
const BATCH = 200;
const WINDOW = 4;
const LF = 10;
const MINUS = 45;

export class Sender {
  private readonly socket: Socket;
  private answered = 0;
  private sent = 0;
  private failure: Error | null = null;
  /** What came last, for `ask`. */
  private heard = "";
  private wake: () => void = () => {};

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (bytes) => this.received(bytes as Buffer));
    this.socket.on("error", (error) => this.failed(error));
    this.socket.on("close", () => this.failed(new Error("The server closed the connection")));
  }

  /** Sends the commands that `commandOf(0)` to `commandOf(count - 1)` give; throws when one is refused. */
  async send(count: number, commandOf: (index: number) => readonly (string | number)[]): Promise<void> {
    for (let start = 0; start < count; start += BATCH) {
      await this.until(this.sent - (WINDOW - 1) * BATCH);
      let text = "";
      const end = Math.min(start + BATCH, count);
      for (let at = start; at < end; at++) text += encoded(commandOf(at));
      this.sent += end - start;
      this.socket.write(text, "latin1");
    }
    await this.until(this.sent);
  }

  /** Sends one command and gives back its reply as it came, which must end within a moment. */
  async ask(...words: readonly string[]): Promise<string> {
    this.heard = "";
    const before = this.answered;
    this.sent++;
    this.socket.write(encoded(words), "latin1");
    await this.until(before + 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    this.answered = this.sent;
    return this.heard;
  }

  close(): void {
    this.socket.removeAllListeners("close");
    this.socket.destroy();
  }

  private received(bytes: Buffer): void {
    this.heard = (this.heard + bytes.toString("latin1")).slice(-100_000);
    let at = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, at)) {
      if (bytes[at] === MINUS)
        this.failure ??= new Error(`The server answered ${bytes.toString("latin1", at, end)}`);
      this.answered++;
      at = end + 1;
    }
    this.wake();
  }

  private failed(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  private async until(answers: number): Promise<void> {
    while (this.answered < answers) {
      if (this.failure !== null) throw this.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

function encoded(words: readonly (string | number)[]): string {
  let text = `*${words.length}\r\n`;
  for (const word of words) text += `$${String(word).length}\r\n${word}\r\n`;
  return text;
}
