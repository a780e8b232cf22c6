/** Configurations with which no server starts. */

import { type Statement, textOf } from "./parse.js";
import { REDIS_VERSION } from "./version.js";

/** A statement and the file it stands in: null for standard input and the command line. */
export interface Place extends Statement {
  readonly file: string | null;
}

/** A configuration that says something wrong. The process prints `report` to standard error and exits with status 1. */
export class FatalConfigError extends Error {
  /** In Redis's layout; the file, which Redis does not tell, is added below. */
  readonly report: string;

  /** Without a place nothing that stands in a file is wrong. */
  constructor(place: Place | null, reason: string) {
    const said = place === null ? "" : textOf(place.text);
    super(place === null ? reason : `${reason}: ${said}`);
    const lines = ["", `*** FATAL CONFIG FILE ERROR (Redis ${REDIS_VERSION}) ***`];
    if (place !== null) lines.push(`Reading the configuration file, at line ${place.line}`, `>>> '${said}'`);
    lines.push(reason);
    if (place !== null && place.file !== null) lines.push(`(in ${place.file})`);
    this.report = `${lines.join("\n")}\n`;
  }
}

/** A configuration file that cannot be read. The process logs the message as a warning and exits with status 1. */
export class ConfigFileMissing extends Error {
  constructor(path: string, reason: string) {
    super(`Fatal error, can't open config file '${path}': ${reason}`);
  }
}
