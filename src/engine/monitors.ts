/** Clients in MONITOR mode, which see every command as it is run. */

import type { Clock } from "../platform/clock.js";
import type { Request } from "../resp/request.js";
import { quoted } from "../util/ascii.js";
import type { Client } from "./client.js";
import type { Command } from "./command.js";
import { shownArguments } from "./shown-arguments.js";

export class Monitors {
  private readonly clients = new Set<Client>();

  constructor(private readonly clock: Clock) {}

  get any(): boolean {
    return this.clients.size > 0;
  }

  add(client: Client): void {
    client.monitor = true;
    this.clients.add(client);
  }

  remove(client: Client): void {
    client.monitor = false;
    this.clients.delete(client);
  }

  /** Shows all monitors the command that `client` runs. */
  feed(client: Client, command: Command, request: Request): void {
    const now = this.clock.nowUs();
    const seconds = Math.floor(now / 1e6);
    const micros = String(now % 1e6).padStart(6, "0");
    const address = client.link.isUnix ? `unix:${client.link.remote.replace(/:0$/, "")}` : client.link.remote;
    const words = shownArguments(command, request)
      .map((arg) => quoted(arg))
      .join(" ");
    for (const monitor of this.clients) {
      if (monitor.closing) continue;
      monitor.reply.simple(`${seconds}.${micros} [${client.database.index} ${address}] ${words}`);
      monitor.link.send();
    }
  }
}
