/** INFO errorstats: how often which error was replied. */

import { type Field, section } from "./section.js";

export const errorStats = section("Errorstats", ({ statistics: { errors } }) =>
  [...errors.keys()].sort().map((code): Field => [`errorstat_${code}`, `count=${errors.get(code)}`]),
);
