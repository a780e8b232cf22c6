/** The library: a server inside a Node process. Importing it starts nothing. */

export type { DirectiveOptions } from "./config/options.js";
export { Tidemark } from "./server/tidemark.js";
