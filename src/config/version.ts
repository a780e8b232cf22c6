/** The versions that the program shows: its own, and that of the Redis it is compatible with. */

/** The version in package.json (a test compares them). */
export const TIDEMARK_VERSION = "0.1.0";

/** What INFO, HELLO, `--version` and the fatal configuration error call the Redis version. */
export const REDIS_VERSION = "7.2.6";
