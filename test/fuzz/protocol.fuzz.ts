/**
 * Random and mutated RESP at a server in this process: it stays alive, its memory stays bounded, and it goes on
 * answering others. Arguments: seed, seconds.
 */

import { SeededChance } from "../support/chance.js";
import { TidemarkHere } from "../support/product.js";
import { encodeCommand, type WireClient } from "../support/wire.js";

const NAMES = [
  "GET",
  "SET",
  "INCR",
  "APPEND",
  "SETRANGE",
  "GETRANGE",
  "MSET",
  "DEL",
  "EXISTS",
  "EXPIRE",
  "SETBIT",
];
const OTHERS = [
  "BITFIELD",
  "MULTI",
  "EXEC",
  "DISCARD",
  "WATCH",
  "HELLO",
  "CLIENT",
  "COMMAND",
  "SCAN",
  "OBJECT",
  "ECHO",
];
const WORDS = [
  "key",
  "0",
  "-1",
  "1",
  "9223372036854775807",
  "nan",
  "EX",
  "NX",
  "3",
  "u8",
  "LIST",
  "COUNT",
  "*",
  "",
];
const HEADS = [
  "*",
  "$",
  ":",
  "+",
  "-",
  "\r\n",
  "*-1\r\n",
  "*0\r\n",
  "$-1\r\n",
  "*1000000\r\n",
  "$536870912\r\n",
  "'",
  '"',
];

const [seed = "1", seconds = "30"] = process.argv.slice(2);
const chance = new SeededChance(Number(seed));
const end = performance.now() + Number(seconds) * 1000;

function randomCommand(): Buffer {
  const word = (): string | Buffer =>
    chance.happens(0.1) ? Buffer.from(chance.bytes(chance.below(300))) : chance.pick(WORDS);
  const words = Array.from({ length: chance.below(6) }, word);
  return encodeCommand([chance.pick(chance.happens(0.7) ? NAMES : OTHERS), ...words]);
}

/** Changes a few bytes, cuts pieces out, puts heads in. */
function mutated(bytes: Buffer): Buffer {
  let result = Buffer.from(bytes);
  for (let left = chance.below(4); left > 0 && result.length > 0; left--) {
    const at = chance.below(result.length);
    const kind = chance.below(4);
    if (kind === 0) result[at] = chance.below(256);
    else if (kind === 1)
      result = Buffer.concat([result.subarray(0, at), result.subarray(at + chance.below(8))]);
    else if (kind === 2)
      result = Buffer.concat([result.subarray(0, at), Buffer.from(chance.pick(HEADS)), result.subarray(at)]);
    else result = result.subarray(0, at);
  }
  return result;
}

function attack(): Buffer {
  if (chance.happens(0.2)) return Buffer.from(chance.bytes(chance.below(2000)));
  const commands = Array.from({ length: 1 + chance.below(20) }, randomCommand);
  return Buffer.concat(commands.map((command) => (chance.happens(0.3) ? mutated(command) : command)));
}

/** Sends it in pieces and leaves, mostly without reading to the end. */
async function attackOnce(server: TidemarkHere): Promise<void> {
  const client = await server.client();
  const bytes = attack();
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + chance.below(chance.happens(0.5) ? 10 : bytes.length);
    client.sendRaw(bytes.subarray(at, at + size));
    at += size;
    if (chance.happens(0.3)) await new Promise((resolve) => setImmediate(resolve));
  }
  if (chance.happens(0.5)) client.close();
  else client.end();
}

async function stillAnswers(witness: WireClient, round: number): Promise<void> {
  await witness.call("SET", "witness", round);
  if ((await witness.call("GET", "witness")) !== String(round))
    throw new Error(`Round ${round}: the value is gone`);
  if (round % 500 === 0) await witness.call("FLUSHALL");
  const megabytes = process.memoryUsage.rss() / 1024 ** 2;
  if (megabytes > 2000) throw new Error(`Round ${round}: ${megabytes.toFixed()} MB of memory`);
}

await using server = await TidemarkHere.start();
using witness = await server.client();
let rounds = 0;
while (performance.now() < end) {
  rounds++;
  await attackOnce(server);
  await stillAnswers(witness, rounds);
}
console.log(`${rounds} attacks, all survived`);
