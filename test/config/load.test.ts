import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseArguments } from "#tidemark/config/arguments.js";
import { ConfigFileMissing } from "#tidemark/config/fatal.js";
import { load, warningOf } from "#tidemark/config/load.js";
import { byteString } from "#tidemark/config/parse.js";
import { nodeDisk } from "#tidemark/platform/disk.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { oracleTest } from "../support/oracle.js";
import { REDIS_EXECUTABLE, runExecutable } from "../support/process.js";
import { configOf, reportOf, surroundings } from "./surroundings.js";

test("values have the types that their directives declare", () => {
  const { values } = configOf(
    "APPENDONLY Yes\nappendfsync ALWAYS\nmaxmemory 64mb\nunixsocketperm 770\nslave-priority 7\n" +
      'masterauth "\\xff\\x00"\nlogfile "/var/log/\\xc3\\xa9"\nmaxmemory-clients 5%\nreplicaof example.org 7000\n' +
      "shutdown-on-sigterm now save\nclient-output-buffer-limit slave 1mb 2kb 3\nbind 127.0.0.1 -::1",
  );
  const appendonly: boolean = values.appendonly;
  const appendfsync: "everysec" | "always" | "no" = values.appendfsync;
  const maxmemory: number = values.maxmemory;
  assert.deepEqual([appendonly, appendfsync, maxmemory], [true, "always", 64 * 2 ** 20]);
  assert.equal(values.unixsocketperm, 0o770);
  assert.equal(values["replica-priority"], 7);
  assert.equal(values.masterauth, "\xff\0");
  assert.equal(values.logfile, "/var/log/é");
  assert.equal(values["maxmemory-clients"], -5);
  assert.deepEqual(values.replicaof, { host: "example.org", port: 7000 });
  assert.deepEqual(values["shutdown-on-sigterm"], ["save", "now"]);
  assert.deepEqual(values["client-output-buffer-limit"].replica, {
    hard: 2 ** 20,
    soft: 2048,
    softSeconds: 3,
  });
  assert.deepEqual(values["client-output-buffer-limit"].normal, { hard: 0, soft: 0, softSeconds: 0 });
  assert.deepEqual(values.bind, ["127.0.0.1", "-::1"]);
});

test("the first save line replaces the default, others add to it, an empty one clears", () => {
  const saves = (content: string) =>
    configOf(content).values.save.map(({ seconds, changes }) => [seconds, changes]);
  assert.deepEqual(saves(""), [
    [3600, 1],
    [300, 100],
    [60, 10000],
  ]);
  assert.deepEqual(saves('save 60 1\nsave "30 2  40 5"'), [
    [60, 1],
    [30, 2],
    [40, 5],
  ]);
  assert.deepEqual(saves('save 60 1\nsave ""\nsave 30 2'), [[30, 2]]);
  assert.deepEqual(saves("save"), []);
});

test("an include reads its files in its place, in the order of their names", () => {
  const files = {
    "conf.d/b.conf": "hz 30\nmaxmemory 2",
    "conf.d/a.conf": "hz 20\ntimeout 5",
    "conf.d/.hidden.conf": "nonsense",
    "conf.d/readme": "nonsense",
  };
  const { values } = configOf("hz 40\ninclude conf.d/*.conf\ninclude nothing*here\nmaxmemory 3", files);
  assert.deepEqual([values.hz, values.timeout, values.maxmemory], [30, 5, 3]);
  const again = configOf("dir conf.d\ninclude [a]*.conf\ninclude /etc/*/b.conf", files).values;
  assert.deepEqual([again.dir, again.timeout, again.maxmemory], ["/etc/conf.d", 5, 2]);
});

test("a missing file is an error, and so are files that include each other", () => {
  assert.throws(
    () => configOf("include none.conf"),
    new ConfigFileMissing("none.conf", "No such file or directory"),
  );
  assert.throws(() => load(surroundings(), { file: "x.conf" }), {
    message: "Fatal error, can't open config file '/etc/x.conf': No such file or directory",
  });
  const loops = { "redis.conf": "include a.conf", "a.conf": "\ninclude b.conf", "b.conf": "include a.conf" };
  assert.match(
    reportOf({ file: "redis.conf" }, loops),
    /at line 1\n>>> 'include a.conf'\ninclude would read .*b.conf/s,
  );
});

test("file, standard input and options follow each other; the report says in which file the line is", () => {
  const files = { "redis.conf": "hz 1\ntimeout 1\nmaxclients 1" };
  const sources = { file: "redis.conf", standardInput: "timeout 2\nmaxclients 2\n", options: "maxclients 3" };
  const { values, file } = load(surroundings(files), sources);
  assert.deepEqual([values.hz, values.timeout, values.maxclients, file], [1, 2, 3, "/etc/redis.conf"]);
  assert.match(reportOf({ ...sources, standardInput: "x" }, files), /at line 4\n>>> 'x'\n[^\n]*\n$/);
  assert.match(
    reportOf({ file: "redis.conf" }, { "redis.conf": "\nx" }),
    /at line 2\n[^(]*\(in \/etc\/redis.conf\)\n$/,
  );
});

test("what cannot apply gives one warning, unless ignoring it would do harm", () => {
  const config = configOf("jemalloc-bg-thread yes\nTLS-port 0\nio-threads 4\nio-threads 2\nhz 5");
  assert.deepEqual([...config.ignored], ["jemalloc-bg-thread", "tls-port", "io-threads"]);
  assert.match(
    warningOf(config) ?? "",
    /: jemalloc-bg-thread \(.*\), tls-port \(.*\), io-threads \([^,]*\)$/,
  );
  assert.equal(warningOf(configOf("hz 5\nlist-max-ziplist-value 64\ndaemonize no\nsupervised auto")), null);
  const refused: [string, RegExp][] = [
    ["tls-port 6380", /TLS is not supported/],
    ["cluster-enabled yes", /cluster mode is not supported/],
    ["daemonize yes", /start the server in the background/],
    ["loadmodule /x.so arg", /modules are not supported/],
    ["sentinel monitor x 127.0.0.1 1 2", /Sentinel mode is not supported/],
    ["user alice on", /user 'alice' is not supported yet/],
    ["aclfile users.acl", /aclfile is not supported yet/],
    ["user default on\nuser default off", /Duplicate user found/],
  ];
  for (const [content, reason] of refused)
    assert.match(reportOf({ file: "c" }, { c: content }), reason, content);
});

test("renamed commands and the default user's rules are kept with their place", () => {
  const config = configOf(
    'rename-command CONFIG ""\nRename-Command get "fetch it"\nuser default on nopass ~* +@all',
  );
  assert.deepEqual(
    config.renames.map(({ from, to, place }) => [from, to, place.line]),
    [
      ["CONFIG", "", 1],
      ["get", "fetch it", 2],
    ],
  );
  assert.deepEqual(config.users[0]?.rules, ["on", "nopass", "~*", "+@all"]);
});

/** Configurations with which redis-server does not start, and whose report must be the same. */
const BROKEN: string[] = [
  'port 0\nfoo "a',
  'port 0\nfoo "a"b',
  "port 0\nfoo 'a",
  'port 0\n"port" 0\nfoo',
  "port 0 # x\n",
  '   \t# x\n\n"" x\n',
  "port 0\r\nbar x\r\n",
  'save "60 1 30 x"',
  'save "60 1" 30 2',
  "save 60",
  "save 0 1",
  'save ""  ""',
  "bind a b c d e f g h i j k l m n o p q",
  "include a b",
  "include",
  "\n\nport 0\ninclude bad*.conf\n",
  "appendfilename a/b",
  'appendfilename ""',
  "appenddirname a/b",
  'appenddirname ""',
  "dbfilename a/b",
  "unixsocketperm 888",
  "unixsocketperm 1777",
  "databases 1k",
  "databases 0",
  "replicaof a 70000",
  "replicaof a",
  "replicaof a 1\nreplicaof no one\nreplicaof a b",
  "notify-keyspace-events KA x",
  "notify-keyspace-events Q",
  "dir a b",
  "dir /nonexistent",
  "dir redis.conf",
  "rename-command",
  "rename-command config ",
  "list-max-ziplist-value 1 2",
  "list-max-ziplist-value",
  "maxmemory 1gb 2gb",
  "maxmemory -1",
  "maxmemory 64zb",
  'port ""',
  "port 70000",
  'appendonly ""',
  "appendfsync often",
  "shutdown-on-sigint save nosave",
  "shutdown-on-sigint",
  'shutdown-on-sigint ""',
  "client-output-buffer-limit a 1 2 3",
  "client-output-buffer-limit normal 1 2",
  "client-output-buffer-limit normal x 2 3",
  "latency-tracking-info-percentiles 50 60 x",
  "latency-tracking-info-percentiles 50 101",
  "requirepass",
  "requirepass a b",
  "daemonize maybe",
  "slave-priority x",
  'proc-title-template "{title} {bad}"',
  "tracking-table-max-keys 1gb",
  "user default on\nuser default off",
  "loadmodule",
  "user",
  "größe 64mb",
  "maxmemory größer",
];

/** Command lines behind a file with `port 0`, all of which end in an error. */
const COMMAND_LINES: string[][] = [
  ["foo"],
  ["--foo", "x"],
  ["--port=7000"],
  ["--port"],
  ["--port", ""],
  ["--port", "7001 7002"],
  ["--PORT", "--1"],
  ["--port", "0", "--bar--x", "1"],
  ["--maxmemory 1gb", "--bar 1 2"],
  ["--save", "60 1", "30 2", "--bar", "x"],
  ["--save 60 1", "--save", "30", "2", "--bar", "x"],
  ["--save", "", "--bar", "x"],
  ["--save", "--bar"],
  ["--save", "--appendonly", "x"],
  ["--SAVE", "--save", "1"],
  ["--save ", "--bar"],
  ["--port", "--save", "--bar"],
  ["-bar", "x"],
  ["-", "-bar"],
  ["--", "x"],
  ["--port", "0", "--", "x"],
  ["--masterauth", "--foo", "--bar"],
  ["--masterauth", "-foo", "--bar"],
  ["--masterauth", "a b", "--bar", 'x"y', "z'w"],
  [""],
  ["--requirepass", "", "--bar"],
  ["--requirepass", "x\ny", "--bar"],
  ["--requirepass 'a b'", "--bar"],
  ["--requirepass 'a b", "--bar"],
  ["--bar", "\x01\té"],
  ["--include", "none*.conf", "--foo"],
  ["--port", "0", "--version"],
];

/** Our report as redis-server 7.0.15 would print it: it has another version, and no file. */
function asOracle(report: string): string {
  return report.replace("Redis 7.2.6", "Redis 7.0.15").replace(/\(in .*\)\n$/, "");
}

async function compareReports(cases: readonly { content: string; args: readonly string[] }[]): Promise<void> {
  const directory = temporaryDirectory();
  try {
    writeFileSync(join(directory, "bad1.conf"), "# a comment\nbar x\n");
    for (const { content, args } of cases) {
      writeFileSync(join(directory, "redis.conf"), content);
      const command = ["redis.conf", ...args];
      const run = runExecutable(REDIS_EXECUTABLE, command, { cwd: directory, input: "bar input\n" });
      const ending = await run.end();
      const label = JSON.stringify([content, args]);
      assert.equal(ending.code, 1, label);
      assert.equal(asOracle(reportHere(directory, command)), run.log.replace(/^\d+:C .*\n/gm, ""), label);
    }
  } finally {
    removeDirectory(directory);
  }
}

function reportHere(directory: string, command: readonly string[]): string {
  const parsed = parseArguments(command);
  assert.ok(parsed.kind !== "print");
  const { file, options, readsStandardInput } = parsed;
  const standardInput = readsStandardInput ? byteString("bar input\n") : null;
  try {
    load({ disk: nodeDisk, workingDirectory: directory }, { file, options, standardInput });
  } catch (error) {
    return (error as { report?: string }).report ?? String(error);
  }
  return "accepted";
}

oracleTest("broken files are reported in redis-server's words", () =>
  compareReports(BROKEN.map((content) => ({ content, args: [] }))),
);

// Redis joins standard input to a file's last line when that does not end; here it always begins a line of its own.
oracleTest("wrong command lines are reported in redis-server's words", () =>
  compareReports([
    ...COMMAND_LINES.flatMap((args) => ["port 0\n", "port 0"].map((content) => ({ content, args }))),
    { content: "port 0\n", args: ["--bar", "x", "-"] },
  ]),
);

test("a configuration knows whether anybody gave one", () => {
  const given = (args: readonly string[], standardInput: string | null = null): boolean => {
    const asked = parseArguments(args);
    assert.ok(asked.kind === "serve");
    return load(surroundings(), { file: null, standardInput, options: asked.options }).isGiven;
  };
  assert.deepEqual([given([]), given([], ""), given(["--save", ""])], [false, true, true]);
});
