/**
 * One connection to the primary: the handshake, the answer to PSYNC, the snapshot if one comes, the stream.
 *
 *     connecting -> handshake (handshake.ts, a step after the other) -> PSYNC
 *       +CONTINUE [replid]          -> connected: the stream goes on
 *       +FULLRESYNC replid offset   -> sync: $..., the snapshot (transfer.ts) -> connected
 *
 * Until the stream begins the primary may send empty lines, which say that it is still there. While the snapshot is
 * loaded the replica says the same in the same way. A link ends once, in `lose`, and tells its owner, who makes the next
 * one.
 */

import { systemReason } from "../../config/kinds/directory.js";
import type { Values } from "../../config/table.js";
import type { Mark } from "../../log/history.js";
import type { Log } from "../../log/log.js";
import type { Connection, Network } from "../../platform/network.js";
import type { Command } from "../../resp/peer.js";
import { encodeCommand } from "../../resp/request.js";
import { latin1 } from "../../util/ascii.js";
import type { Restoring } from "./dataset.js";
import { HandshakeError, STEPS } from "./handshake.js";
import { Stream } from "./stream.js";
import { Transfer, type TransferParts } from "./transfer.js";

export type LinkPhase = "connecting" | "handshake" | "sync" | "connected";

/** Where the stream is asked for: PSYNC's arguments. */
export interface StreamRequest extends Mark {
  /** The primary steps down for this replica (FAILOVER). */
  readonly failover: boolean;
}

export interface LinkParts extends Omit<TransferParts, "values"> {
  readonly config: { readonly values: Readonly<Values> };
  readonly network: Network;
  readonly stream: Log;
  readonly port: () => number;
}

/** What a link tells. */
export interface LinkOwner {
  /** From where the stream is wanted; offset -1 asks for everything. */
  request(): StreamRequest;
  /** Whether the peer takes over, where that was asked for. */
  answered(accepted: boolean): void;
  /** The stream goes on where it was asked for, under another id if one is given. Returns the selected database. */
  continues(replid: string | null): number;
  /** Everything will come, and then be at the mark. Returns whether the dataset is of the same history. */
  resyncs(mark: Mark): boolean;
  /** The dataset is about to be replaced by the snapshot. */
  replacing(): void;
  /** The dataset is the snapshot's, at the mark. */
  restored(mark: Mark, restoring: Restoring): void;
  /** The stream flows. */
  connected(): void;
  /** Something of the stream has been applied. */
  applied(): void;
  /** The link is over. `was` says how far it had come, `failed` that the dataset may not be what it was. */
  lost(link: Link, was: LinkPhase): void;
}

const LINE_BYTES_MAX = 64 * 1024;
const LINE_END = Buffer.from("\n");
const LF = 10;

export class Link {
  phase: LinkPhase = "connecting";
  /** When bytes came last, or the phase began; milliseconds since 1970. */
  lastIoMs: number;
  transfer: Transfer | null = null;
  /** Bytes of the stream that have been read, whether applied or not. */
  readBytes = 0;
  private socket: Connection | null = null;
  private stream: Stream | null = null;
  private step = -1;
  /** The request was one of FAILOVER. */
  private steppingDown = false;
  private line = "";
  private mark: Mark | null = null;
  /** The snapshot is being loaded: what comes meanwhile waits. */
  private holding = false;
  private held: Buffer[] = [];
  private aliveMs = 0;
  private over = false;

  constructor(
    readonly address: { readonly host: string; readonly port: number },
    private readonly parts: LinkParts,
    private readonly owner: LinkOwner,
  ) {
    this.lastIoMs = parts.clock.now();
    parts.network.connect(address, parts.config.values["bind-source-addr"]).then(
      (socket) => this.opened(socket),
      (error: unknown) => this.lose(`Error condition on socket for SYNC: ${systemReason(error)}`),
    );
  }

  send(command: Command): void {
    this.socket?.write(encodeCommand(command), () => {});
  }

  /** Ends the link and says why, unless it is no more than that the connection is lost. */
  lose(why: string | null, level: "notice" | "warning" = "warning"): void {
    if (this.over) return;
    const was = this.phase;
    this.end();
    if (why !== null) this.parts.log(level, why);
    this.owner.lost(this, was);
  }

  /** Ends the link without telling the owner. */
  end(): void {
    this.over = true;
    this.socket?.destroy();
    if (this.stream !== null) this.parts.dataset.stream.end();
    // What is being loaded is loaded to its end: the old data is gone.
    if (!this.holding) this.transfer?.abandon();
  }

  /** Ends the link when the primary has been silent for too long. */
  checkTimeout(): void {
    const { clock, config } = this.parts;
    if (this.holding) return;
    if (clock.now() - this.lastIoMs <= config.values["repl-timeout"] * 1000) return;
    this.lose(
      {
        connecting: "Timeout connecting to the MASTER...",
        handshake: "Timeout connecting to the MASTER...",
        sync: "Timeout receiving bulk data from MASTER... If the problem persists try to set the 'repl-timeout' parameter in redis.conf to a larger value.",
        connected: "MASTER timeout: no data nor PING received...",
      }[this.phase],
    );
  }

  // ---- The connection ----

  private opened(socket: Connection): void {
    if (this.over) {
      socket.destroy();
      return;
    }
    this.socket = socket;
    this.phase = "handshake";
    this.lastIoMs = this.parts.clock.now();
    this.parts.log("notice", "Non blocking connect for SYNC fired the event.");
    socket.setKeepAlive(this.parts.config.values["tcp-keepalive"]);
    socket.start({
      onData: (buffer, length) => this.received(buffer, length),
      onClose: (error) => this.closed(error),
    });
    this.nextStep();
  }

  private closed(error: Error | null): void {
    const reason = error === null ? "connection lost" : systemReason(error);
    if (this.phase === "connected") this.lose(null);
    else if (this.phase === "sync") this.lose(`I/O error trying to sync with MASTER: ${reason}`);
    else this.lose(`Connection with master lost during the handshake: ${reason}`);
  }

  /** Applies what a pause has held of the stream. */
  proceed(): void {
    if (this.stream === null || this.over) return;
    try {
      this.stream.proceed();
      this.owner.applied();
    } catch (error) {
      this.failed(error);
    }
  }

  private received(buffer: Buffer, length: number): void {
    this.lastIoMs = this.parts.clock.now();
    if (this.holding) {
      this.held.push(Buffer.from(buffer.subarray(0, length)));
      return;
    }
    try {
      this.take(buffer, length);
    } catch (error) {
      this.failed(error);
    }
  }

  private take(buffer: Buffer, length: number): void {
    for (let at = 0; at < length && !this.over; ) {
      if (this.holding) {
        this.held.push(Buffer.from(buffer.subarray(at, length)));
        return;
      }
      at = this.takePart(buffer, at, length);
    }
  }

  private takePart(buffer: Buffer, at: number, length: number): number {
    if (this.stream !== null) {
      this.readBytes += length - at;
      this.stream.feed(buffer, at, length);
      this.owner.applied();
      return length;
    }
    if (this.transfer === null) return this.takeLine(buffer, at, length);
    const end = this.transfer.take(buffer, at, length);
    if (this.transfer.done) void this.load(this.transfer);
    return end;
  }

  private failed(error: unknown): void {
    const { message } = error as Error;
    if (this.phase === "sync") {
      this.lose(`Failed trying to load the MASTER synchronization DB: ${message}`);
      return;
    }
    if (error instanceof HandshakeError) this.lose(message, error.level);
    else this.lose(`Bad data from MASTER: ${message}`);
  }

  // ---- Lines ----

  private takeLine(buffer: Buffer, at: number, length: number): number {
    const end = buffer.indexOf(LF, at);
    const isWhole = end !== -1 && end < length;
    this.line += latin1(buffer, at, isWhole ? end : length);
    if (this.line.length > LINE_BYTES_MAX) throw new HandshakeError("MASTER sent a line without an end");
    if (!isWhole) return length;
    const line = this.line.replace(/\r$/, "");
    this.line = "";
    if (line !== "") this.answered(line);
    return end + 1;
  }

  private answered(line: string): void {
    if (this.mark !== null) {
      this.announced(line, this.mark);
    } else if (this.step < STEPS.length) {
      STEPS[this.step]!.answered(line, this.handshake);
      this.nextStep();
    } else {
      this.synchronize(line);
    }
  }

  private get handshake() {
    const { config, port, log } = this.parts;
    return { values: config.values, port: port(), log };
  }

  private nextStep(): void {
    for (this.step++; this.step < STEPS.length; this.step++) {
      const command = STEPS[this.step]!.command(this.handshake);
      if (command !== null) {
        this.send(command);
        return;
      }
    }
    const { log } = this.parts;
    const { replid, offset, failover } = this.owner.request();
    if (offset === -1) log("notice", "Partial resynchronization not possible (no cached master)");
    else log("notice", `Trying a partial resynchronization (request ${replid}:${offset}).`);
    this.steppingDown = failover;
    this.send(["PSYNC", replid, String(offset), ...(failover ? ["FAILOVER"] : [])]);
  }

  // ---- The answer to PSYNC ----

  private synchronize(reply: string): void {
    const { log } = this.parts;
    const [word, replid, offset] = reply.split(" ");
    if (word === "+FULLRESYNC") {
      if (!/^[0-9a-zA-Z]{40}$/.test(replid ?? "") || !/^\d{1,15}$/.test(offset ?? ""))
        throw new HandshakeError(`Master replied with wrong +FULLRESYNC syntax: ${reply}`);
      this.mark = { replid: replid!, offset: Number(offset) };
      log("notice", `Full resync from master: ${replid}:${offset}`);
      this.phase = "sync";
    } else if (word === "+CONTINUE") {
      log("notice", "Successful partial resynchronization with master.");
      const database = this.owner.continues(replid ?? null);
      this.begin(database);
      log("notice", "MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.");
    } else if (this.steppingDown) {
      this.end();
      log("warning", `Failover target rejected psync request: ${reply}`);
      this.owner.answered(false);
    } else if (reply.startsWith("-NOMASTERLINK") || reply.startsWith("-LOADING")) {
      throw new HandshakeError(
        `Master is currently unable to PSYNC but should be in the future: ${reply}`,
        "notice",
      );
    } else if (reply.startsWith("-ERR")) {
      throw new HandshakeError(
        `Master does not support PSYNC or is in error state (reply: ${reply})`,
        "notice",
      );
    } else {
      throw new HandshakeError(`Unexpected reply to PSYNC from master: ${reply}`);
    }
  }

  private announced(line: string, mark: Mark): void {
    if (line.startsWith("-"))
      throw new HandshakeError(`MASTER aborted replication with an error: ${line.slice(1)}`);
    const { parts, owner } = this;
    this.transfer = Transfer.of(
      line,
      { ...parts, values: parts.config.values },
      { sameHistory: owner.resyncs(mark), replacing: () => owner.replacing() },
    );
    if (this.transfer === null)
      throw new HandshakeError(
        `Bad protocol from MASTER, the first byte is not '$' (we received '${line}'), are you sure the host and port are right?`,
      );
    if (this.transfer.done) void this.load(this.transfer);
  }

  /** The snapshot has come: when it is the dataset, what has come behind it goes on. */
  private async load(transfer: Transfer): Promise<void> {
    this.holding = true;
    this.socket?.pause();
    const mark = this.mark!;
    let restoring: Restoring;
    try {
      restoring = await transfer.finish(() => this.sayAlive());
    } catch (error) {
      this.holding = false;
      if (!this.over) this.failed(error);
      else
        this.parts.log(
          "warning",
          `Failed trying to load the MASTER synchronization DB: ${(error as Error).message}`,
        );
      return;
    }
    this.holding = false;
    this.owner.restored(mark, restoring);
    if (this.over) return;
    this.begin(restoring.database);
    this.parts.log("notice", "MASTER <-> REPLICA sync: Finished with success");
    const held = this.held;
    this.held = [];
    for (const bytes of held) this.received(bytes, bytes.length);
    this.socket?.resume();
  }

  /** At most once a second. */
  private sayAlive(): void {
    const now = this.parts.clock.now();
    if (now - this.aliveMs < 1000) return;
    this.aliveMs = now;
    this.socket?.write(LINE_END, () => {});
  }

  private begin(database: number): void {
    this.transfer = null;
    this.phase = "connected";
    this.lastIoMs = this.parts.clock.now();
    const { remote, local, fd } = this.socket!;
    const link = { remote, local, fd, destroy: () => this.lose(null) };
    this.stream = new Stream(this.parts.dataset.stream, this.parts.stream, database, link);
    this.owner.connected();
  }
}
