/** Lines of the server's log for whoever runs it; not to be taken for the log of writes (log/log.ts). */

/** How much a line matters, the least first: what `loglevel` chooses by. */
export type LogLevel = "debug" | "verbose" | "notice" | "warning";

/** Writes a line. */
export type LogLine = (level: LogLevel, text: string) => void;
