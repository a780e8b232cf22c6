import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyFlag, KeySpec } from "#tidemark/engine/argument.js";
import { keyRangeOf, keysBySpecs } from "#tidemark/engine/key-spec.js";
import { sameReplies } from "../../support/compare.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { ServerProcess } from "../../support/process.js";
import { TidemarkHere } from "../../support/product.js";
import type { Plain } from "../../support/reply.js";
import type { WireClient } from "../../support/wire.js";
import { type Facts, readFacts } from "./command-facts.js";
import { newCommands, newerFacts, ownCommands } from "./newer-facts.js";

const options = { digest: false };

sameReplies(
  "COMMAND: errors and small replies",
  String.raw`
=== the container
COMMAND nonsense
COMMAND "non\nsense"
COMMAND HELP x
~match "^\\*[0-9]+\r\n\\+COMMAND <subcommand> .*\\(no subcommand\\).*\\+HELP\r\n" COMMAND HELP
COMMAND COUNT x
=== list
COMMAND LIST nonsense
COMMAND LIST FILTERBY
COMMAND LIST FILTERBY MODULE
COMMAND LIST FILTERBY MODULE any
COMMAND LIST FILTERBY ACLCAT nonsense
COMMAND LIST FILTERBY nonsense x
COMMAND LIST FILTERBY PATTERN a b
~unordered COMMAND LIST FILTERBY ACLCAT transaction
~unordered COMMAND LIST FILTERBY ACLCAT bitmap
~unordered COMMAND LIST FILTERBY PATTERN SETR*
COMMAND LIST FILTERBY PATTERN COMMAND|C*
COMMAND LIST FILTERBY PATTERN nonsense*
=== info
COMMAND INFO get
COMMAND INFO GET nonsense command|count command|nonsense
COMMAND INFO ""
=== docs
COMMAND DOCS nonsense
COMMAND DOCS command|nonsense
`,
  options,
);

sameReplies(
  "COMMAND GETKEYS and GETKEYSANDFLAGS",
  String.raw`
=== errors
COMMAND GETKEYS
~7.2 "one word is enough since 7.2" "-ERR Invalid command specified\r\n" COMMAND GETKEYS nonsense
~7.2 "one word is enough since 7.2" "-ERR The command has no key arguments\r\n" COMMAND GETKEYS ping
~7.2 "one word is enough since 7.2" "-ERR Invalid number of arguments specified for command\r\n" COMMAND GETKEYS get
COMMAND GETKEYS nonsense a
COMMAND GETKEYS get a b
COMMAND GETKEYS ping a
COMMAND GETKEYS command count
COMMAND GETKEYS command nonsense
COMMAND GETKEYSANDFLAGS
COMMAND GETKEYSANDFLAGS nonsense a
=== keys
COMMAND GETKEYS get a
COMMAND GETKEYS GET "\x00\xff"
COMMAND GETKEYS mset a 1 b 2
COMMAND GETKEYS mset a 1 b
COMMAND GETKEYS mget a b c
COMMAND GETKEYS bitop and d a b
COMMAND GETKEYS lcs a b len
COMMAND GETKEYS object encoding a
COMMAND GETKEYS watch a b
COMMAND GETKEYS rename a b
COMMAND GETKEYS copy a b replace
COMMAND GETKEYS ssubscribe a
COMMAND GETKEYS spublish a b
COMMAND INFO config|get|x config|nonsense
=== flags
COMMAND GETKEYSANDFLAGS get a
COMMAND GETKEYSANDFLAGS set a 1
COMMAND GETKEYSANDFLAGS set a 1 ex 5
COMMAND GETKEYSANDFLAGS set a 1 ex 5 GET
COMMAND GETKEYSANDFLAGS bitfield a get u8 0
COMMAND GETKEYSANDFLAGS bitfield a get u8 0 set u8 0 1
COMMAND GETKEYSANDFLAGS bitfield a overflow fail incrby u8 0 1
COMMAND GETKEYSANDFLAGS bitfield a nonsense
COMMAND GETKEYSANDFLAGS bitfield a get u8
COMMAND GETKEYSANDFLAGS bitfield a overflow
COMMAND GETKEYSANDFLAGS bitfield a overflow set get u8 0
COMMAND GETKEYSANDFLAGS bitop and d a b
COMMAND GETKEYSANDFLAGS getdel a
COMMAND GETKEYSANDFLAGS mset a 1 b 2
`,
  options,
);

oracleTest("every command says of itself what Redis 7.2 says", async () => {
  await using oracle = await startOracle();
  await using server = await TidemarkHere.start({});
  const [theirs, ours] = [await factsOf(oracle), await factsOf(server)];
  const wrong: string[] = [];
  for (const [name, facts] of ours) {
    const expected = theirs.get(name);
    if (expected !== undefined) wrong.push(...compare(name, expected, facts));
    else if (!newCommands.has(name) && !ownCommands.has(name))
      wrong.push(`${name} is no command of Redis 7.0 or 7.2`);
  }
  assert.deepEqual(wrong, []);
});

oracleTest("COMMAND LIST names the subcommands too", async () => {
  await using oracle = await startOracle();
  await using server = await TidemarkHere.start({});
  const theirs = new Set(await listOf(oracle));
  const ours = await listOf(server);
  const both = ours.filter((name) => !newCommands.has(name) && !ownCommands.has(name));
  assert.deepEqual(
    both.filter((name) => !theirs.has(name)),
    [],
  );
  assert.ok(both.includes("config|get"));
});

async function listOf(server: Server): Promise<string[]> {
  using client = await server.client();
  return (await client.call("COMMAND", "LIST")) as string[];
}

interface Server {
  client(): Promise<WireClient>;
}

async function factsOf(server: Server): Promise<Map<string, Facts>> {
  using client = await server.client();
  await client.call("HELLO", "3");
  return await readFacts(client);
}

function compare(name: string, theirs: Facts, ours: Facts): string[] {
  const wrong: string[] = [];
  for (const path of new Set([...theirs.keys(), ...ours.keys(), ...(newerFacts.get(name)?.keys() ?? [])])) {
    // 7.0 has no display texts but where they differ from the names.
    if (path.endsWith("/display_text")) continue;
    const newer = newerFacts.get(name)?.get(path);
    const expected = newer ?? theirs.get(path) ?? "-";
    const actual = ours.get(path) ?? "-";
    if (actual !== expected) wrong.push(`${name}: ${path} = ${actual} instead of ${expected}`);
    if (newer !== undefined && newer === (theirs.get(path) ?? "-"))
      wrong.push(`${name}: ${path} = ${newer} already in 7.0`);
  }
  return wrong;
}

test("every argument has a display text, but for alternatives and blocks", async () => {
  await using server = await TidemarkHere.start({});
  for (const [name, facts] of await factsOf(server)) {
    for (const [path, type] of facts) {
      if (!/^arguments.*\/type$/.test(path)) continue;
      const shown = facts.get(path.replace(/type$/, "display_text"));
      assert.equal(shown !== undefined, type !== "oneof" && type !== "block", `${name} ${path}`);
    }
  }
  const kill = (await factsOf(server)).get("client|kill");
  assert.equal(kill?.get("arguments/0/0/display_text"), "ip:port");
});

// ---- key specifications, tried on all commands that redis-server has ----

type Fields = ReadonlyMap<string, Plain>;

/** A key specification as COMMAND INFO shows it in RESP3. */
function specOf(shown: Fields): KeySpec {
  const begin = shown.get("begin_search") as Fields;
  const find = shown.get("find_keys") as Fields;
  return {
    flags: [...(shown.get("flags") as Set<Plain>)] as KeyFlag[],
    begin: beginOf(String(begin.get("type")), begin.get("spec") as Fields),
    find: findOf(String(find.get("type")), find.get("spec") as Fields),
  };
}

function beginOf(type: string, spec: Fields): KeySpec["begin"] {
  if (type === "index") return { type, index: Number(spec.get("index")) };
  if (type === "keyword")
    return { type, keyword: String(spec.get("keyword")), startFrom: Number(spec.get("startfrom")) };
  return { type: "unknown" };
}

function findOf(type: string, spec: Fields): KeySpec["find"] {
  const number = (name: string): number => Number(spec.get(name));
  if (type === "range")
    return { type, lastKey: number("lastkey"), step: number("keystep"), limit: number("limit") };
  if (type === "keynum")
    return { type, keynumIndex: number("keynumidx"), firstKey: number("firstkey"), step: number("keystep") };
  return { type: "unknown" };
}

async function specsOf(client: WireClient, name: string): Promise<KeySpec[]> {
  const [entry] = (await client.call("COMMAND", "INFO", name)) as [Plain[]];
  return [...(entry[8] as Iterable<Plain>)].map((spec) => specOf(spec as Fields));
}

oracleTest("first, last, step and movablekeys follow from the key specifications", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  await client.call("HELLO", "3");
  for (const entry of (await client.call("COMMAND", "INFO")) as Plain[][]) {
    const [name, , flags, first, last, step] = entry;
    const specs = [...(entry[8] as Iterable<Plain>)].map((spec) => specOf(spec as Fields));
    const movable = (flags as Set<Plain>).has("movablekeys");
    assert.deepEqual(keyRangeOf(specs), { first, last, step, movable }, String(name));
  }
});

const LINES = [
  "get a",
  "mset a 1 b 2",
  "msetnx a 1",
  "blpop a b 0",
  "bitop and d a b",
  "lmpop 2 a b left",
  "blmpop 0 1 a left count 5",
  "eval script 2 a b c",
  "eval script 1",
  "eval script x a",
  "eval script 0 a",
  "zunionstore d 2 a b weights 1 2",
  "zunion 1 a withscores",
  "xread count 5 streams a b 0 0",
  "xread block 0 streams a 0",
  "xread count 5 nothing a b 0 0",
  "xreadgroup group g c streams a b > >",
  "georadiusbymember a m 1 km store d",
  "georadius_ro a 1 1 1 km",
  "pfmerge d a b",
  "smove a b m",
];

oracleTest("keys are found by the key specifications", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  await client.call("HELLO", "3");
  for (const line of LINES) {
    const words = line.split(" ");
    const found = keysBySpecs(await specsOf(client, words[0] as string), {
      argc: words.length,
      text: (at) => words[at] as string,
    });
    const reply = await client.reply("COMMAND", "GETKEYSANDFLAGS", ...words);
    const expected = reply.type === "-" ? [] : (reply.value as [string, Set<Plain>][]);
    assert.deepEqual(
      (found ?? []).map(({ at, flags }) => [words[at], new Set(flags)]),
      expected,
      line,
    );
  }
});

oracleTest("a renamed command is found by its new name, and named by its own", async () => {
  const args = [
    "--rename-command",
    "STRLEN",
    "FETCH",
    "--rename-command",
    "EXEC",
    "run",
    "--rename-command",
    "MSET",
    "",
  ];
  await using oracle = await startOracle({ args: ["--maxmemory", "1", ...args] });
  await using ours = await ServerProcess.start({ args: ["--maxmemory", "1", ...args] });
  using theirs = await oracle.client();
  using client = await ours.client();
  for (const line of [
    "COMMAND INFO strlen fetch exec RUN mset",
    "COMMAND LIST FILTERBY PATTERN strle?",
    "COMMAND LIST FILTERBY PATTERN fetch",
    "COMMAND LIST FILTERBY PATTERN mset",
    "COMMAND DOCS strlen",
    "COMMAND GETKEYS fetch a",
    "STRLEN a",
    "FETCH",
    "MULTI",
    "SET a b",
    "RUN",
    "MULTI",
    "RUN x",
    "RUN",
  ]) {
    const words = line.split(" ");
    assert.deepEqual(await said(client, words), await said(theirs, words), line);
  }
  const docs = await client.call("COMMAND", "DOCS", "fetch");
  assert.equal((docs as unknown[])[0], "strlen");
});

async function said(client: WireClient, words: readonly string[]): Promise<string> {
  client.send(...words);
  return (await client.receive()).raw.toString("latin1");
}
