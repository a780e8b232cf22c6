/**
 * Going through a log file, piece by piece, without applying it. A file that ends in the middle of a unit is taken to
 * end before it, as a start would; anything else that is not as it was written throws.
 */

import type { DiskFile } from "../platform/disk.js";
import type { Request } from "../resp/request.js";
import { latin1 } from "../util/ascii.js";
import { FormatError } from "./log-reader.js";
import { LogWindow } from "./log-window.js";

/** A command or an annotation. */
export interface LogPiece {
  /** The command, valid until the next piece; null: it is an annotation. */
  readonly request: Request | null;
  /** The annotation with its line end. */
  readonly line: string;
  /** Where the unit begins that it belongs to: its own beginning, or that of its MULTI. */
  readonly unit: number;
  /** Where it ends in the file. */
  readonly end: number;
}

/** What is wrong with a log file, and from where on. */
export class LogDamage extends Error {
  constructor(
    reason: string,
    readonly offset: number,
  ) {
    super(reason);
  }
}

/** The pieces of file[start..size), whose whole units end at `whole` when all have been taken. Throws LogDamage. */
export class LogWalk {
  /** The end of the last whole unit. */
  whole: number;
  private readonly window: LogWindow;
  private inside = false;

  constructor(file: DiskFile, start: number, size: number) {
    this.window = new LogWindow(file, start, size);
    this.whole = start;
  }

  *pieces(): Generator<LogPiece> {
    const { window } = this;
    do {
      while (this.next()) {
        const isCommand = window.request.argc > 0;
        const line = isCommand ? "" : latin1(window.piece);
        if (window.isSeal) this.checkSeal();
        const unit = this.whole;
        if (isCommand) this.follow(window.request);
        window.take();
        if (!this.inside) this.whole = window.position;
        yield { request: isCommand ? window.request : null, line, unit, end: window.position };
      }
    } while (window.fill());
  }

  private next(): boolean {
    try {
      return this.window.next();
    } catch (error) {
      if (error instanceof FormatError) throw new LogDamage(error.message, this.whole);
      throw error;
    }
  }

  private checkSeal(): void {
    if (!this.window.checkSeal())
      throw new LogDamage("the checksum does not match what comes before it", this.window.seals.sealedUntil);
  }

  private follow(request: Request): void {
    const name = request.text(0).toLowerCase();
    if (name === "multi") this.inside = true;
    else if (name === "exec") this.inside = false;
  }
}
