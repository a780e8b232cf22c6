import assert from "node:assert/strict";
import { test } from "node:test";
import { Config } from "#tidemark/config/config.js";
import { type DirectiveOptions, fromOptions } from "#tidemark/config/options.js";
import { entries, type Name } from "#tidemark/config/table.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { configOf, surroundings } from "./surroundings.js";

const LOCAL = { isLocal: true, loading: false };

test("CONFIG GET: patterns, aliases, hidden directives, each name once", () => {
  const config = configOf("maxmemory 1kb");
  assert.deepEqual(config.get(["maxmemory", "MAXMEMORY", "maxm?mory"]), [["maxmemory", "1024"]]);
  assert.deepEqual(config.get(["MaxMemory"]), [["MaxMemory", "1024"]]);
  assert.deepEqual(config.get(["*-read-only"]), [
    ["replica-read-only", "yes"],
    ["slave-read-only", "yes"],
  ]);
  assert.deepEqual(config.get(["slave-read-only"]), [["slave-read-only", "yes"]]);
  assert.deepEqual(config.get(["key-load-dela?", "nothing"]), []);
  assert.deepEqual(config.get(["key-load-delay"]), [["key-load-delay", "0"]]);
  assert.deepEqual(config.get(["jemalloc*", "tls-port"]), []);
  assert.deepEqual(config.get(["dir"]), [["dir", "/etc"]]);
});

test("CONFIG SET changes all or nothing", () => {
  const config = configOf("");
  assert.equal(
    config.set(
      [
        ["maxmemory", "1mb"],
        ["hz", "20"],
      ],
      LOCAL,
    ),
    null,
  );
  const error = config.set(
    [
      ["maxmemory", "2mb"],
      ["hz", "30"],
      ["appendonly", "perhaps"],
    ],
    LOCAL,
  );
  assert.match(error ?? "", /^ERR CONFIG SET failed \(possibly related to argument 'appendonly'\) - /);
  assert.deepEqual([config.values.maxmemory, config.values.hz], [2 ** 20, 20]);
});

test("a veto restores the old values and puts them into effect again", () => {
  const config = configOf("");
  const calls: string[] = [];
  config.onChange("hz", ({ hz }) => {
    calls.push(`hz ${hz}`);
    return undefined;
  });
  config.onChange(["port", "bind"], ({ port, bind }) => {
    calls.push(`listen ${bind.join()}:${port}`);
    return port === 81 ? "Unable to listen on this port" : undefined;
  });
  assert.equal(
    config.set(
      [
        ["port", "80"],
        ["bind", "::1"],
      ],
      LOCAL,
    ),
    null,
  );
  assert.equal(
    config.set(
      [
        ["HZ", "20"],
        ["Port", "81"],
      ],
      LOCAL,
    ),
    "ERR CONFIG SET failed (possibly related to argument 'Port') - Unable to listen on this port",
  );
  assert.deepEqual([config.values.port, config.values.hz], [80, 10]);
  assert.equal(config.set([["port", "80"]], LOCAL), null);
  assert.deepEqual(calls, ["listen ::1:80", "hz 20", "listen ::1:81", "hz 10"]);
});

test("protected directives need enable-protected-configs, and local may mean this machine", () => {
  const set = (mode: string, isLocal: boolean) =>
    configOf(`enable-protected-configs ${mode}`).set([["dbfilename", "x"]], { isLocal, loading: false });
  const refusal =
    "ERR CONFIG SET failed (possibly related to argument 'dbfilename') - can't set protected config";
  assert.equal(set("no", true), refusal);
  assert.equal(set("local", false), refusal);
  assert.equal(set("local", true), null);
  assert.equal(set("yes", false), null);
});

test("some directives cannot be set while the dataset is loading", () => {
  const config = configOf("");
  const loading = { isLocal: true, loading: true };
  assert.equal(
    config.set([["appendonly", "yes"]], loading),
    "LOADING Redis is loading the dataset in memory",
  );
  assert.equal(config.set([["maxmemory", "1"]], loading), null);
});

test("what cannot apply is unknown to CONFIG SET", () => {
  assert.equal(
    configOf("").set([["activedefrag", "yes"]], LOCAL),
    "ERR Unknown option or number of arguments for CONFIG SET - 'activedefrag'",
  );
});

test("a program gives directives as an object", () => {
  const options: DirectiveOptions = {
    port: 0,
    appendonly: true,
    appendfsync: "always",
    maxmemory: "64mb",
    save: ["3600 1", "60 100"],
    bind: ["127.0.0.1", "::1"],
    requirepass: 'a "b',
    logfile: "/tmp/é",
    "client-output-buffer-limit": "pubsub 1mb 1mb 1",
    "rename-command": ["CONFIG secret", 'DEBUG ""'],
  };
  const { values, renames, file } = fromOptions(surroundings(), options);
  assert.deepEqual([values.port, values.appendonly, values.maxmemory, file], [0, true, 2 ** 26, null]);
  assert.equal(values.save.length, 2);
  assert.deepEqual(values.bind, ["127.0.0.1", "::1"]);
  assert.deepEqual([values.requirepass, values.logfile], ['a "b', "/tmp/é"]);
  assert.equal(values["client-output-buffer-limit"].pubsub.hard, 2 ** 20);
  assert.deepEqual(
    renames.map(({ from, to }) => [from, to]),
    [
      ["CONFIG", "secret"],
      ["DEBUG", ""],
    ],
  );
  const without = JSON.parse('{ "requirepass": null }') as DirectiveOptions;
  assert.equal(fromOptions(surroundings(), without).values.requirepass, "");
  assert.deepEqual(fromOptions(surroundings(), { save: "" }).values.save, []);
  assert.deepEqual(fromOptions(surroundings(), { save: [], bind: [] }).values.bind, []);
  assert.throws(
    () => fromOptions(surroundings(), { port: 70000 }),
    /must be between 0 and 65535 inclusive: port "70000"/,
  );
});

test("every default can be written and read again", () => {
  for (const entry of entries) {
    const config = new Config(surroundings());
    const before = config.text(entry);
    for (const line of config.lines(entry)) assert.ok(line.length > 0, entry.name);
    if (entry.directive.immutable || entry.directive.protected) continue;
    assert.equal(config.set([[entry.name, before]], LOCAL), null, entry.name);
    assert.equal(config.text(entry), before, entry.name);
  }
});

/** Directives of 7.2 that the oracle, 7.0.15, does not have. */
const SINCE_7_2: ReadonlySet<Name> = new Set<Name>([
  "locale-collate",
  "set-max-listpack-entries",
  "set-max-listpack-value",
]);
/** Our own, and of newer versions of Redis. */
const NOT_REDIS_7: ReadonlySet<Name> = new Set<Name>([
  "aof-annotations",
  "aof-history-retention",
  "aof-layout",
  "aof-load-corrupt-tail-max-size",
  "rdb-version",
]);
/** What the oracle was started with, or depends on where it was. */
const OF_THE_START: ReadonlySet<Name> = new Set<Name>([
  "port",
  "dir",
  "bind",
  "save",
  "enable-debug-command",
]);

oracleTest("CONFIG GET shows redis-server's defaults", async () => {
  await using oracle = await startOracle();
  const client = await oracle.client();
  const config = new Config(surroundings());
  for (const { name, directive } of entries) {
    if (SINCE_7_2.has(name) || OF_THE_START.has(name) || NOT_REDIS_7.has(name)) continue;
    for (const each of [name, directive.alias])
      if (each !== undefined)
        assert.deepEqual(await client.call("CONFIG", "GET", each), config.get([each]).flat());
  }
  client.close();
});

/** CONFIG SET commands in order: each reply, and the values afterwards, must be redis-server's. */
const SETS: string[][] = [
  ["maxmemory", "1", "maxmemory", "2"],
  ["maxmemory", "1", "MAXMEMORY", "2"],
  ["slave-read-only", "yes", "replica-read-only", "no"],
  ["maxmemory", "abc"],
  ["maxmemory", "-1"],
  ["maxmemory", "99999999999999999999"],
  ["maxmemory", "1.5gb"],
  ["maxmemory", "1 "],
  ["maxmemory", "kb"],
  ["maxmemory", ""],
  ["maxmemory", "1gB"],
  ["maxmemory", "1K"],
  ["maxmemory", "18446744073709551615"],
  ["maxmemory", "20000pb"],
  ["maxmemory-samples", "0"],
  ["maxmemory-samples", "abc"],
  ["maxmemory-samples", "99999999999"],
  ["maxmemory-samples", "99999999999999999999999"],
  ["maxmemory-samples", "007"],
  ["maxmemory-samples", " 7"],
  ["maxmemory-samples", "+7"],
  ["maxmemory-samples", "9", "nosuch", "1"],
  ["appendonly", "maybe"],
  ["appendfsync", "often"],
  ["appendfsync", "ALWAYS"],
  ["appendfsync", "always no"],
  ["maxmemory-policy", "x"],
  ["tcp-backlog", "3"],
  ["databases", "3"],
  ["dir", "/nonexistent"],
  ["dir", ""],
  ["dbfilename", "a/b"],
  ["dbfilename", ""],
  ["save", "1 2 3"],
  ["save", "60 1  30 2"],
  ["save", "60 1 30 2"],
  ["save", "07 +3"],
  ["save", "60 x"],
  ["save", "0 5"],
  ["save", "60 -1"],
  ["save", "10 0"],
  ["save", ""],
  ["notify-keyspace-events", "Q"],
  ["notify-keyspace-events", "KEA"],
  ["notify-keyspace-events", "Kg$lshzxetdmn"],
  ["notify-keyspace-events", "Elg"],
  ["notify-keyspace-events", "KEgxn"],
  ["notify-keyspace-events", " "],
  ["client-output-buffer-limit", "normal 1 2"],
  ["client-output-buffer-limit", "normal 1mb 2kb 3"],
  ["client-output-buffer-limit", "replica 1mb 2kb 3 pubsub 1 1 1"],
  ["client-output-buffer-limit", "slave 1mb 2kb -3"],
  ["client-output-buffer-limit", "slave 1mb -2kb 3"],
  ["client-output-buffer-limit", "slave 1mb 2kb 3x"],
  ["client-output-buffer-limit", "master 1mb 2kb 3"],
  ["client-output-buffer-limit", "NORMAL 3 3 3 x 2 2 2"],
  ["client-output-buffer-limit", "pubsub 1 1 1 "],
  ["client-output-buffer-limit", ""],
  ["latency-tracking-info-percentiles", "50 101"],
  ["latency-tracking-info-percentiles", "50 x"],
  ["latency-tracking-info-percentiles", "50  60"],
  ["latency-tracking-info-percentiles", "nan"],
  ["latency-tracking-info-percentiles", "50 99.90 12.345678 99.999999999999 1e1"],
  ["latency-tracking-info-percentiles", ""],
  ["shutdown-on-sigint", "save nosave"],
  ["shutdown-on-sigint", "Save now"],
  ["shutdown-on-sigint", "now save force"],
  ["shutdown-on-sigint", "default save"],
  ["shutdown-on-sigint", "foo"],
  ["shutdown-on-sigint", ""],
  ["unixsocketperm", "9"],
  ["maxmemory-clients", "5%"],
  ["maxmemory-clients", "101%"],
  ["maxmemory-clients", "-5"],
  ["maxmemory-clients", "-5%"],
  ["maxmemory-clients", "abc"],
  ["maxmemory-clients", "5x%"],
  ["maxmemory-clients", "%"],
  ["maxmemory-clients", "1.5%"],
  ["maxmemory-clients", "0%"],
  ["maxmemory-clients", "1mb"],
  ["repl-backlog-size", "0"],
  ["repl-backlog-size", "1kb"],
  ["client-query-buffer-limit", "1"],
  ["client-query-buffer-limit", "9223372036854775807"],
  ["proto-max-bulk-len", "1"],
  ["proto-max-bulk-len", "10000000000000000000"],
  ["hash-max-ziplist-entries", "-1"],
  ["slowlog-log-slower-than", "-2"],
  ["slowlog-max-len", "-1"],
  ["auto-aof-rewrite-min-size", "-1"],
  ["nosuch", "1"],
  ["appendonly", "no", "tcp-backlog", "1"],
  ["tcp-backlog", "2", "maxmemory", "x", "nosuch", "3"],
  ["maxmemory", "x", "tcp-backlog", "2"],
  ["port", "80", "nosuch", "3", "tcp-backlog", "2", "maxmemory", "x"],
  ["maxmemory", "1K", "maxmemory-samples", "9", "appendonly", "blah"],
  ["maxclients", "0"],
  ["maxclients", "4294967296"],
  ["masteruser", "x"],
  ["masteruser", ""],
  ["proc-title-template", "{foo}"],
  ["proc-title-template", "a{title"],
  ["proc-title-template", "a}"],
  ["proc-title-template", ""],
  ["proc-title-template", " "],
  ["proc-title-template", "{title} {port} {config-file}"],
  ["replicaof", "no one"],
  ["hz", "0"],
  ["hz", "1000"],
  ["port", "99999"],
  ["rdbchecksum", "no"],
  ["repl-timeout", "0"],
  ["timeout", "-1"],
  ["tcp-keepalive", "2147483648"],
  ["lfu-decay-time", "1kb"],
  ["set-max-intset-entries", "9223372036854775808"],
  ["set-max-intset-entries", "9223372036854775807"],
  ["list-max-listpack-size", "3000000000"],
  ["min-slaves-to-write", "x"],
  ["repl-ping-slave-period", "0"],
  ["bind", "a b c d e f g h i j k l m n o p q"],
];

oracleTest("CONFIG SET answers and stores what redis-server does", async () => {
  await using oracle = await startOracle({ args: ["--enable-protected-configs", "yes"] });
  const client = await oracle.client();
  const config = configOf(
    `dir /etc\nsave ""\nenable-protected-configs yes\nbind 127.0.0.1\nport ${oracle.port}`,
  );
  for (const words of SETS) {
    const reply = await client.reply("CONFIG", "SET", ...words);
    const label = words.join(" ");
    assert.equal(config.set(pairsOf(words), LOCAL) ?? "OK", reply.value, label);
    const names = pairsOf(words)
      .map(([name]) => name)
      .filter((name) => name !== "dir");
    for (const name of names)
      assert.deepEqual(config.get([name]).flat(), await client.call("CONFIG", "GET", name), label);
  }
  client.close();
});

function pairsOf(words: readonly string[]): [string, string][] {
  return words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ""] as [string, string]] : []));
}
