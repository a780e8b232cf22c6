/** ACL, as far as the default user needs it: it is the only user, and may do everything. */

import { createHash } from "node:crypto";
import { integer, optional, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { CATEGORIES } from "../../engine/categories.js";
import { command, type Declaration, type Flag } from "../../engine/command.js";
import { fail, wrongSubcommand } from "../../engine/errors.js";
import { helpCommand } from "../help.js";

const PASSWORD_BITS = 256;
const PASSWORD_BITS_MAX = 4096;
const BITS_OF_DIGIT = 4;
const KEYS = "~*";
const CHANNELS = "&*";
const COMMANDS = "+@all";

/** What the subcommands share. */
const subcommand = (name: string, admin: boolean, rest: Partial<Declaration>): Declaration => {
  const flags: Flag[] = ["noscript", "loading", "stale"];
  return command({
    name,
    group: "server",
    since: "6.0.0",
    summary: "",
    flags: admin ? ["admin", ...flags] : flags,
    ...rest,
  });
};

/** The SHA-256 digests of the default user's passwords, in hexadecimal: one, or none. */
function passwords(call: Call): string[] {
  const { requirepass } = call.engine.config.values;
  if (requirepass === "") return [];
  return [createHash("sha256").update(requirepass, "latin1").digest("hex")];
}

/** The flags of the default user. */
function userFlags(call: Call): string[] {
  const nopass = passwords(call).length === 0 ? ["nopass"] : [];
  return ["on", ...nopass, "sanitize-payload"];
}

const cat = subcommand("cat", false, {
  summary: "Lists the categories, or the commands in one of them",
  complexity: "O(1), since categories and commands are fixed",
  args: [optional(string("category"))],
  run(call) {
    if (call.argc === 2) call.reply.texts(CATEGORIES);
    else call.reply.texts(commandsIn(call));
  },
});

function commandsIn(call: Call): string[] {
  if (call.argc > 3) throw wrongSubcommand(call.shown(1, 128), "ACL");
  const category = call.text(2).toLowerCase();
  if (!CATEGORIES.includes(category)) throw fail(`Unknown category '${call.shown(2, 128)}'`);
  return call.engine.commands
    .whole()
    .filter((one) => one.categories.includes(category))
    .map((one) => one.fullName);
}

const genpass = subcommand("genpass", false, {
  summary: "Makes a password that cannot be guessed, in hexadecimal",
  complexity: "O(1)",
  args: [optional(integer("bits"))],
  run(call) {
    if (call.argc > 3) throw wrongSubcommand(call.shown(1, 128), "ACL");
    const bits = call.argc === 2 ? PASSWORD_BITS : readBits(call);
    const digits = Math.ceil(bits / BITS_OF_DIGIT);
    const bytes = call.engine.platform.chance.bytes(Math.ceil(digits / 2));
    call.reply.text(Buffer.from(bytes).toString("hex").slice(0, digits));
  },
});

function readBits(call: Call): number {
  const bits = call.integer64(2);
  if (bits > 0n && bits <= BigInt(PASSWORD_BITS_MAX)) return Number(bits);
  throw fail(
    `ACL GENPASS argument must be the number of bits for the output password, a positive number up to ${PASSWORD_BITS_MAX}`,
  );
}

const getuser = subcommand("getuser", true, {
  summary: "Shows what a user may do",
  complexity: "O(N), N being the number of passwords, rules and patterns of the user",
  args: [string("username")],
  history: [
    ["6.2.0", "Shows the channel patterns."],
    ["7.0.0", "Shows the selectors, and the patterns of keys and channels as rules."],
  ],
  run(call) {
    if (call.text(2) === "default") writeUser(call);
    else call.reply.nil();
  },
});

function writeUser(call: Call): void {
  const { reply } = call;
  const flags = userFlags(call);
  reply.map(6);
  reply.text("flags");
  reply.set(flags.length);
  for (const flag of flags) reply.text(flag);
  reply.text("passwords");
  reply.texts(passwords(call));
  for (const text of ["commands", COMMANDS, "keys", KEYS, "channels", CHANNELS, "selectors"])
    reply.text(text);
  reply.array(0);
}

const list = subcommand("list", true, {
  summary: "Shows the users in the form of the configuration file",
  complexity: "O(N), N being the number of users",
  run(call) {
    const digests = passwords(call).map((digest) => `#${digest}`);
    call.reply.texts([["user default", ...userFlags(call), ...digests, KEYS, CHANNELS, COMMANDS].join(" ")]);
  },
});

const users = subcommand("users", true, {
  summary: "Lists the names of the users",
  complexity: "O(N), N being the number of users",
  run: (call) => call.reply.texts(["default"]),
});

const whoami = subcommand("whoami", false, {
  summary: "Returns the name of the user that this connection has proved to be",
  complexity: "O(1)",
  run: (call) => call.reply.text(call.client.user),
});

export const acl = command({
  name: "acl",
  group: "server",
  since: "6.0.0",
  summary: "Shows users and what they may do",
  complexity: "Depends on the subcommand",
  subcommands: [cat, genpass, getuser, helpCommand("server", "6.0.0"), list, users, whoami],
});
