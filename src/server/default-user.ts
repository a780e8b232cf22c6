/**
 * The `user default` line that redis-server writes into a configuration file. There is one user here, who may do
 * everything; what the line may say is therefore only whether there is a password, and which.
 */

import type { Config, UserLine } from "../config/config.js";
import { FatalConfigError } from "../config/fatal.js";

/** Rules that say what is so in any case. */
const GIVEN: ReadonlySet<string> = new Set([
  "on",
  "~*",
  "allkeys",
  "&*",
  "allchannels",
  "+@all",
  "allcommands",
  "sanitize-payload",
  "skip-sanitize-payload",
  "clearselectors",
]);

/** Takes the password from the configuration's `user default` line. Throws FatalConfigError for any other rule. */
export function applyDefaultUser(config: Config): void {
  for (const line of config.users) for (const rule of line.rules) applyRule(config, line, rule);
}

function applyRule(config: Config, { place }: UserLine, rule: string): void {
  if (GIVEN.has(rule.toLowerCase())) return;
  if (rule.startsWith(">")) config.assign("requirepass", rule.slice(1));
  else if (["nopass", "resetpass", "reset"].includes(rule.toLowerCase())) config.assign("requirepass", "");
  else if (rule.startsWith("#"))
    throw new FatalConfigError(
      place,
      "A password's hash is not supported yet: set requirepass to the password itself",
    );
  else
    throw new FatalConfigError(
      place,
      `The rule '${rule}' is not supported yet: the default user may do everything`,
    );
}
