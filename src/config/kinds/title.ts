/** The `proc-title-template` directive: the process's name as `ps` shows it. */

import type { Kind } from "../directive.js";
import { textThat } from "./scalar.js";

/** What `{...}` in a template may name. */
const TITLE_VARIABLES = [
  "title",
  "listen-addr",
  "server-mode",
  "port",
  "tls-port",
  "unixsocket",
  "config-file",
] as const;

export type TitleVariable = (typeof TITLE_VARIABLES)[number];

/** The template with its variables replaced; null when it has an unknown one, or a `{` that is not closed. */
export function expandTitle(
  template: string,
  variables: Readonly<Record<TitleVariable, string>>,
): string | null {
  let valid = true;
  const title = template.replace(/\{([^}]*)(\}?)/g, (_, name: string, close: string) => {
    const known = TITLE_VARIABLES.find((variable) => variable === name);
    if (known === undefined || close === "") valid = false;
    return known === undefined ? "" : variables[known];
  });
  return valid ? title : null;
}

const NOTHING: Readonly<Record<TitleVariable, string>> = {
  title: "",
  "listen-addr": "",
  "server-mode": "",
  port: "",
  "tls-port": "",
  unixsocket: "",
  "config-file": "",
};

/** A template whose variables are all known. */
export const titleTemplate: Kind<string> = textThat(
  `text with ${TITLE_VARIABLES.map((name) => `{${name}}`).join(" ")}`,
  (value) =>
    value.trim() === "" || expandTitle(value, NOTHING) === null
      ? "template format is invalid or contains unknown variables"
      : null,
);
