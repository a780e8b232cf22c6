/** Finds commands by the bytes of their name, in any mixture of cases. */

import type { Request } from "../resp/request.js";
import { Command, type Declaration } from "./command.js";

const PLACES = 1024;

export class CommandTable {
  private readonly places: Command[][] = Array.from({ length: PLACES }, () => []);
  private readonly byName = new Map<string, Command>();
  /** What was found last: it is often asked for again, and comparing is quicker than finding. */
  private last: Command | undefined;

  constructor(declarations: readonly Declaration[]) {
    for (const declaration of declarations) this.add(declaration.name, new Command(declaration));
  }

  /** All commands, in the order of their declaration. */
  all(): IterableIterator<Command> {
    return this.byName.values();
  }

  /** All commands, each followed by its subcommands. */
  whole(): Command[] {
    return [...this.all()].flatMap((command) => [command, ...command.subcommands.values()]);
  }

  get size(): number {
    return this.byName.size;
  }

  /** By name in lower case; `config|get` names a subcommand. */
  named(name: string): Command | undefined {
    const [container, subcommand, ...more] = name.split("|");
    if (more.length > 0) return undefined;
    const command = this.byName.get(container!);
    return subcommand === undefined ? command : command?.subcommands.get(subcommand);
  }

  /** The command that the request's first argument names; of a container the command itself. */
  find(request: Request): Command | undefined {
    const start = request.starts[0]!;
    const end = request.ends[0]!;
    const { last } = this;
    if (last !== undefined && matches(last.nameBytes, request.bytes, start, end)) return last;
    for (const command of this.places[place(request.bytes, start, end)]!) {
      if (matches(command.nameBytes, request.bytes, start, end)) {
        this.last = command;
        return command;
      }
    }
    return undefined;
  }

  /** Gives a command another name (`rename-command`); the empty name takes it away. Null, or why it cannot. */
  rename(from: string, to: string): string | null {
    const name = to.toLowerCase();
    const command = this.byName.get(from.toLowerCase());
    if (command === undefined) return "No such command in rename-command";
    this.byName.delete(from.toLowerCase());
    this.last = undefined;
    if (this.byName.has(name)) return "Target command name already exists";
    for (const commands of this.places) {
      const at = commands.indexOf(command);
      if (at !== -1) commands.splice(at, 1);
    }
    if (name !== "") this.add(name, new Command(command.declaration, null, name));
    return null;
  }

  private add(name: string, command: Command): void {
    this.byName.set(name, command);
    this.places[place(command.nameBytes, 0, command.nameBytes.length)]!.push(command);
  }
}

function place(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  // Upper and lower case differ in one bit, which is set for all characters alike.
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at]! | 32)) | 0;
  return (hash ^ (hash >>> 10)) & (PLACES - 1);
}

function matches(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[start + i]!;
    const lower = byte >= 65 && byte <= 90 ? byte | 32 : byte;
    if (lower !== name[i]) return false;
  }
  return true;
}
