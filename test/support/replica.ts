/** A replica made by hand: the bytes that a primary sends, as they come. */

import * as net from "node:net";
import { eventually } from "./condition.js";
import { parseReply } from "./reply.js";
import { type Argument, encodeCommand } from "./wire.js";

export class HandReplica {
  /** What has arrived and has not been read. */
  received = Buffer.alloc(0);
  closed = false;
  /** The history and the offset that the primary has told, and what has been read of the stream since. */
  replid = "";
  offset = 0;

  private constructor(private readonly socket: net.Socket) {
    socket.on("data", (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
  }

  static connect(port: number): Promise<HandReplica> {
    const socket = net.connect({ port, host: "127.0.0.1" });
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => resolve(new HandReplica(socket)));
    });
  }

  send(...words: Argument[]): void {
    this.socket.write(encodeCommand(words));
  }

  /** Sends several commands at once. */
  sendTogether(...commands: Argument[][]): void {
    this.socket.write(Buffer.concat(commands.map(encodeCommand)));
  }

  /** Sends a command and returns the line that answers it. */
  async ask(...words: Argument[]): Promise<string> {
    this.send(...words);
    return this.line();
  }

  /** The next line that is not one of the line ends that keep a replica waiting. */
  async line(): Promise<string> {
    for (;;) {
      await eventually("a line from the primary", () => this.received.includes(10) || this.closed);
      const end = this.received.indexOf(10);
      if (end === -1) throw new Error("The primary closed the connection");
      const line = this.take(end + 1)
        .toString("latin1")
        .replace(/\r?\n$/, "");
      if (line !== "") return line;
    }
  }

  async bytes(count: number): Promise<Buffer> {
    await eventually(`${count} bytes`, () => this.received.length >= count);
    return this.take(count);
  }

  /** REPLCONF as every replica says it, and PSYNC; returns its answer. */
  async psync(replid = "?", offset = -1, port = 1): Promise<string> {
    await this.ask("REPLCONF", "listening-port", port);
    await this.ask("REPLCONF", "capa", "eof", "capa", "psync2");
    const answer = await this.ask("PSYNC", replid, offset);
    const [kind, id, start] = answer.split(" ");
    if (kind === "+FULLRESYNC") {
      this.replid = id!;
      this.offset = Number(start);
    } else if (kind === "+CONTINUE") {
      this.replid = id ?? replid;
      this.offset = offset - 1;
    }
    return answer;
  }

  /** The snapshot, framed either way. */
  async snapshot(): Promise<Buffer> {
    const head = await this.line();
    if (!head.startsWith("$EOF:")) return this.bytes(Number(head.slice(1)));
    const mark = Buffer.from(head.slice(5), "latin1");
    await eventually("the end of the snapshot", () => this.received.includes(mark));
    const snapshot = this.take(this.received.indexOf(mark));
    this.take(mark.length);
    return snapshot;
  }

  /** A full resync and the first acknowledgement. */
  async synchronize(port = 1): Promise<this> {
    await this.psync("?", -1, port);
    await this.snapshot();
    this.acknowledge();
    return this;
  }

  acknowledge(offset = this.offset): void {
    this.send("REPLCONF", "ACK", offset);
  }

  /** The next command of the stream, a word after the other; counts its bytes. */
  async command(): Promise<string> {
    let parsed = parseReply(this.received, 0);
    await eventually("a command of the stream", () => {
      parsed = parseReply(this.received, 0);
      return parsed !== null;
    });
    this.take(parsed!.end);
    this.offset += parsed!.end;
    return (parsed!.reply.value as unknown[]).map(String).join(" ");
  }

  /** The commands of the stream up to and including the one that is given. */
  async upTo(last: string): Promise<string[]> {
    const commands: string[] = [];
    while (commands[commands.length - 1] !== last) commands.push(await this.command());
    return commands;
  }

  /** Stops and resumes reading. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private take(count: number): Buffer {
    const taken = this.received.subarray(0, count);
    this.received = this.received.subarray(count);
    return taken;
  }
}
