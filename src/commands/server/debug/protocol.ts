/** DEBUG PROTOCOL: a reply of each type that the protocol has, for those who write clients. */

import type { Call } from "../../../engine/call.js";
import { fail } from "../../../engine/errors.js";
import type { Reply } from "../../../resp/reply.js";

const REPLIES: ReadonlyMap<string, (reply: Reply) => void> = new Map<string, (reply: Reply) => void>([
  ["string", (reply) => reply.text("Hello World")],
  ["integer", (reply) => reply.integer(12345)],
  ["double", (reply) => reply.double(3141 / 1000)],
  ["bignum", (reply) => reply.bigNumber("1234567999999999999999999999999999999")],
  ["null", (reply) => reply.nil()],
  ["array", (reply) => numbers(reply, () => reply.array(3))],
  ["set", (reply) => numbers(reply, () => reply.set(3))],
  ["map", map],
  ["attrib", attribute],
  ["push", push],
  ["verbatim", (reply) => reply.verbatim("This is a verbatim\nstring")],
  ["true", (reply) => reply.boolean(true)],
  ["false", (reply) => reply.boolean(false)],
]);

export function protocol(call: Call): void {
  const write = REPLIES.get(call.text(2).toLowerCase());
  if (write === undefined) {
    throw fail(`Wrong protocol type name. Please use one of the following: ${[...REPLIES.keys()].join("|")}`);
  }
  write(call.reply);
}

function numbers(reply: Reply, head: () => void): void {
  head();
  for (const number of [0, 1, 2]) reply.integer(number);
}

function map(reply: Reply): void {
  reply.map(3);
  for (const number of [0, 1, 2]) {
    reply.integer(number);
    reply.boolean(number === 1);
  }
}

function attribute(reply: Reply): void {
  if (reply.version === 3) {
    reply.attribute(1);
    reply.text("key-popularity");
    reply.array(2);
    reply.text("key:123");
    reply.integer(90);
  }
  reply.text("Some real reply following the attribute");
}

function push(reply: Reply): void {
  if (reply.version === 2) throw fail("RESP2 is not supported by this command");
  reply.push(2);
  reply.text("server-cpu-usage");
  reply.integer(42);
  reply.text("Some real reply following the push reply");
}
