/** Errors that a command answers with, in Redis's words. */

/** Thrown by a command; the message is the reply, beginning with the error's code: a character for each byte. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CommandError";
  }
}

// A stack trace costs more than the command; these are replies, not faults of the program.
const silent = (message: string): CommandError => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new CommandError(message);
  Error.stackTraceLimit = limit;
  return error;
};

/** The codes that errors begin with besides ERR. A list, since texts begin with words in capitals as well. */
const CODES: ReadonlySet<string> = new Set([
  "ERR",
  "BUSY",
  "BUSYGROUP",
  "BUSYKEY",
  "EXECABORT",
  "IOERR",
  "LOADING",
  "MASTERDOWN",
  "MISCONF",
  "NOAUTH",
  "NOGROUP",
  "NOMASTERLINK",
  "NOPERM",
  "NOPROTO",
  "NOREPLICAS",
  "NOSCRIPT",
  "NOTBUSY",
  "OOM",
  "READONLY",
  "UNBLOCKED",
  "UNKILLABLE",
  "WRONGPASS",
  "WRONGTYPE",
]);

/** An error with the given reply, `ERR ` put before it unless it begins with a code of its own. */
export function fail(message: string): CommandError {
  const code = message.slice(0, message.indexOf(" "));
  return silent(CODES.has(code) ? message : `ERR ${message}`);
}

export const syntaxError = (): CommandError => silent("ERR syntax error");
export const wrongType = (): CommandError =>
  silent("WRONGTYPE Operation against a key holding the wrong kind of value");
export const notInteger = (): CommandError => silent("ERR value is not an integer or out of range");
export const notFloat = (): CommandError => silent("ERR value is not a valid float");
export const noSuchKey = (): CommandError => silent("ERR no such key");
export const outOfRange = (): CommandError => silent("ERR index out of range");
/** For a word after the command's name that is no subcommand, or has a number of arguments that it does not take. */
export const wrongSubcommand = (word: string, container: string): CommandError =>
  silent(`ERR unknown subcommand or wrong number of arguments for '${word}'. Try ${container} HELP.`);
export const wrongArity = (fullName: string): CommandError =>
  silent(`ERR wrong number of arguments for '${fullName}' command`);
