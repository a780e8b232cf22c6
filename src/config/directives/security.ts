/** Who may do what. */

import { directive } from "../directive.js";
import { integer, LONG_MAX } from "../kinds/number.js";
import { bytes, oneOf, refusing, text } from "../kinds/scalar.js";

const permission = oneOf("no", "yes", "local");

export const security = {
  requirepass: directive(bytes, "", "The password of the default user; none when empty.", {
    sensitive: true,
  }),
  "enable-protected-configs": directive(
    permission,
    "no",
    "Who may change protected directives with CONFIG SET: nobody, everybody, or clients on this machine.",
    { immutable: true },
  ),
  "enable-debug-command": directive(
    permission,
    "no",
    "Who may use DEBUG: nobody, everybody, or clients on this machine.",
    { immutable: true },
  ),
  aclfile: directive(
    refusing(text, '""', (path) =>
      path === ""
        ? null
        : "aclfile is not supported yet: only the default user exists, set requirepass for it",
    ),
    "",
    "A file of users; not supported yet, so it must be empty.",
    { immutable: true },
  ),
  "acl-pubsub-default": directive(
    oneOf("allchannels", "resetchannels"),
    "resetchannels",
    "Which Pub/Sub channels a new user may use.",
  ),
  "acllog-max-len": directive(integer(0n, LONG_MAX), 128, "How many entries ACL LOG keeps."),
};
