/**
 * Settings whose time has not come: they are refused, at start and by CONFIG SET, since a directive that is read and
 * then ignored would be a promise that nobody keeps.
 */

import type { Config } from "../config/config.js";
import type { Name, Values } from "../config/table.js";

/** Why the value cannot be had, or null when it can. */
type Objection<N extends Name> = (value: Values[N], values: Readonly<Values>) => string | null;

const OBJECTIONS: { readonly [N in Name]?: Objection<N> } = {
  "aof-history-retention": (retention, values) =>
    retention !== null && values["aof-layout"] === "single"
      ? "the single-file layout (aof-layout single) keeps no history, since a rewrite replaces the file"
      : null,
  "locale-collate": (locale) =>
    ["", "C", "POSIX"].includes(locale)
      ? null
      : "another order of text than that of the bytes, the locale C, is not supported yet",
};

/** The configuration asks for something that this version does not have. */
export class UnsupportedSetting extends Error {}

/** Throws an UnsupportedSetting for the configuration, and vetoes later changes that would need one. */
export function refuseUnsupported(config: Config): void {
  for (const name of Object.keys(OBJECTIONS) as Name[]) {
    const objection = objectionTo(config, name);
    if (objection !== null) throw new UnsupportedSetting(`${name}: ${objection}`);
    config.onChange(name, () => objectionTo(config, name) ?? undefined);
  }
}

function objectionTo<N extends Name>(config: Config, name: N): string | null {
  const objection = OBJECTIONS[name] as Objection<N> | undefined;
  return objection?.(config.values[name], config.values) ?? null;
}
