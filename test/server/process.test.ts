/** The executable as scripts, service files and test harnesses for redis-server use it. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/condition.js";
import { freePort, removeDirectory, temporaryDirectory } from "../support/directory.js";
import { runExecutable, ServerProcess, TIDEMARK_EXECUTABLE } from "../support/process.js";
import { WireClient } from "../support/wire.js";

const LINE = /^\d+:[CMS] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [.\-*#] ./;

test("the executable asks env for nothing but node: that of Alpine knows no options, and Windows has none", () => {
  assert.match(readFileSync(TIDEMARK_EXECUTABLE, "latin1"), /^#!\/usr\/bin\/env node\n/);
});

test("the process that was started is the one that serves, and logs in Redis's form", async () => {
  await using server = await ServerProcess.start({ args: ["--save", "", "--always-show-logo", "yes"] });
  const client = await server.client();
  assert.match(String(await client.call("INFO", "server")), new RegExp(`process_id:${server.pid}\r`));
  client.close();
  assert.match(server.log, new RegExp(` PID: ${server.pid}\n`));
  assert.equal(server.log.split("Ready to accept connections").length, 2);
  assert.match(server.log, /Server initialized/);
  const lines = server.log.split("\n").filter((line) => line.startsWith(`${server.pid}:`));
  for (const line of lines) assert.match(line, LINE);
});

test("the first lines and the last ones have the marks and the role that they have in Redis 7.2", async () => {
  await using server = await ServerProcess.start({
    args: ["--save", "", "--activerehashing", "no", "--unixsocket", "t.sock"],
  });
  await server.run.kill("SIGTERM");
  const has = (start: string, text: string): boolean =>
    new RegExp(`^\\d+:${start[0]} .{24} \\${start[1]} ${text}`, "m").test(server.log);
  const lines = {
    "C#": ["These directives of the configuration cannot apply here"],
    "C*": ["oO0OoO0OoO0Oo Tidemark is starting", "Tidemark version=", "Configuration loaded"],
    "M*": ["Server initialized", "User requested shutdown", "Removing the unix socket file"],
    "M#": ["Tidemark is now ready to exit"],
  };
  for (const [start, texts] of Object.entries(lines))
    for (const text of texts) assert.ok(has(start, text), `${text}\n${server.log}`);
});

test("the loop goes before the five threads of V8, and nothing before the threads that sync", async (context) => {
  if (!existsSync("/proc/self/task")) return context.skip("only Linux gives each thread a priority");
  await using server = await ServerProcess.start();
  const nice = readdirSync(`/proc/${server.pid}/task`)
    .sort((a, b) => Number(a) - Number(b))
    .map((thread) =>
      Number(
        readFileSync(`/proc/${server.pid}/task/${thread}/stat`, "latin1").split(") ")[1]?.split(" ")[16],
      ),
    );
  const [loop = Number.NaN, ...others] = nice;
  const lowered = others.map((value) => value > loop);
  assert.deepEqual(
    lowered,
    others.map((_, index) => index < 5),
  );
});

test("SIGTERM and SIGINT end it with status 0, and everything is on the disk", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const dir = temporaryDirectory();
    const server = await ServerProcess.start({ dir, args: ["--appendonly", "yes", "--appendfsync", "no"] });
    const client = await server.client();
    await client.call("SET", "key", signal);
    const ending = await server.run.kill(signal);
    assert.deepEqual(ending, { code: 0, signal: null });
    assert.match(server.log, new RegExp(`Received ${signal} scheduling shutdown`));
    assert.match(server.log, /ready to exit, bye bye/);
    assert.match(
      readFileSync(join(dir, "appendonlydir/appendonly.aof.1.incr.aof"), "latin1"),
      new RegExp(signal),
    );
    removeDirectory(dir);
  }
});

test("SHUTDOWN ends the process, and the client's connection", async () => {
  const server = await ServerProcess.start({ args: ["--save", ""] });
  const client = await server.client();
  client.send("SHUTDOWN", "NOSAVE");
  await client.closed();
  assert.deepEqual(await server.run.end(), { code: 0, signal: null });
  await server.close();
});

test("a pidfile, a logfile and a Unix socket lie where dir says, and go when the server does", async () => {
  const dir = temporaryDirectory();
  const args = [
    "--dir",
    dir,
    "--port",
    "0",
    "--save",
    "",
    "--pidfile",
    "t.pid",
    "--logfile",
    "t.log",
    "--unixsocket",
    "t.sock",
    "--unixsocketperm",
    "700",
  ];
  const run = runExecutable(TIDEMARK_EXECUTABLE, args);
  await eventually(
    "the server is ready",
    () =>
      existsSync(join(dir, "t.log")) &&
      readFileSync(join(dir, "t.log"), "utf8").includes("Ready to accept connections"),
  );
  const client = await WireClient.connect({ path: join(dir, "t.sock") });
  assert.equal(await client.call("PING"), "PONG");
  client.close();
  assert.equal(readFileSync(join(dir, "t.pid"), "utf8"), `${run.child.pid}\n`);
  assert.equal(run.log, "", "with a logfile nothing goes to standard output");
  await run.kill("SIGTERM");
  assert.equal(existsSync(join(dir, "t.pid")), false);
  assert.equal(existsSync(join(dir, "t.sock")), false);
  removeDirectory(dir);
});

test("a log file that is moved away begins anew, as rotation of logs needs it", async () => {
  const dir = temporaryDirectory();
  const [log, moved] = [join(dir, "t.log"), join(dir, "t.log.1")];
  const server = runExecutable(TIDEMARK_EXECUTABLE, [
    ...["--dir", dir, "--port", "0", "--save", "", "--logfile", "t.log", "--unixsocket", "t.sock"],
  ]);
  const has = (path: string, text: string) => () =>
    existsSync(path) && readFileSync(path, "utf8").includes(text);
  await eventually("the server is ready", has(log, "Ready to accept connections"));
  renameSync(log, moved);
  await server.kill("SIGTERM");
  assert.ok(has(log, "ready to exit, bye bye")());
  assert.ok(!has(moved, "bye bye")());
  removeDirectory(dir);
});

test("neither SIGHUP nor a log that nobody reads any more ends the server", async () => {
  await using server = await ServerProcess.start({ args: ["--save", "", "--loglevel", "verbose"] });
  const { child } = server.run;
  child.stdout?.destroy();
  // Each connection is a line of the log.
  for (let i = 0; i < 3; i++) (await server.client()).close();
  child.kill("SIGHUP");
  const client = await server.client();
  assert.equal(await client.call("PING"), "PONG");
  client.close();
  assert.deepEqual(await server.run.kill("SIGTERM"), { code: 0, signal: null });
});

test("INFO names the script that was started as the executable, as Redis names its binary", async () => {
  await using server = await ServerProcess.start({ args: ["--save", ""] });
  using client = await server.client();
  const info = String(await client.call("INFO", "server"));
  assert.ok(info.includes(`\r\nexecutable:${TIDEMARK_EXECUTABLE}\r\n`), info);
});

test("npm start ends when npm is told to end, although npm tells its shell alone", async () => {
  const dir = temporaryDirectory();
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  const started = 'node scripts/start.mjs "$@"; exit';
  const args = ["--dir", dir, "--port", "0", "--unixsocket", "t.sock", "--logfile", "t.log"];
  const shell = runExecutable("/bin/sh", ["-c", started, "sh", ...args], {
    cwd,
    environment: { npm_lifecycle_event: "start" },
  });
  const logged = (text: string) => () =>
    existsSync(join(dir, "t.log")) && readFileSync(join(dir, "t.log"), "utf8").includes(text);
  await eventually("the server is ready", logged("Ready to accept connections"));
  shell.child.kill("SIGTERM");
  await eventually("the server has ended", logged("ready to exit, bye bye"));
  await shell.end();
  removeDirectory(dir);
});

test("what cannot start fails at once with a message and status 1", async () => {
  const taken = await ServerProcess.start({ args: ["--save", ""] });
  const cases: [string[], RegExp][] = [
    [["--nonsense", "1"], /FATAL CONFIG FILE ERROR[\s\S]*Bad directive or wrong number of arguments/],
    [["--port", "70000"], /argument must be between 0 and 65535 inclusive/],
    [["/nonexistent.conf"], /can't open config file '\/nonexistent.conf': No such file or directory/],
    [
      ["--port", String(taken.port), "--bind", "127.0.0.1"],
      /bind: Address already in use[\s\S]*Failed listening on port/,
    ],
    [
      ["--port", String(await freePort()), "--bind", "192.0.2.1"],
      /192\.0\.2\.1:\d+: bind: Cannot assign requested address\n/,
    ],
    [["--dir", "/nonexistent"], /No such file or directory/],
    [["--logfile", "/nonexistent/log"], /\nCan't open the log file: No such file or directory\n/],
    [
      ["--unixsocket", "/nonexistent/t.sock"],
      /# Failed opening Unix socket: bind: No such file or directory\n/,
    ],
    [
      ["--unixsocket", `/${"long".repeat(27)}`],
      /# Failed opening Unix socket: unix socket path too long \(109\), must be under 108\n/,
    ],
    [["--port", "0"], /# Configured to not listen anywhere, exiting\./],
    [
      ["--port", String(await freePort()), "--dir", "/proc", "--appendonly", "yes"],
      /append-only dir .proc.appendonlydir: No such file or directory/,
    ],
    [["--rename-command", "GET", "SET"], /Target command name already exists/],
  ];
  for (const [args, message] of cases) {
    const run = runExecutable(TIDEMARK_EXECUTABLE, args);
    assert.deepEqual(await run.end(), { code: 1, signal: null }, args.join(" "));
    assert.match(run.log, message);
  }
  await taken.close();
});

test("supervised starts the server unless a manager waits to be told that it is ready", async () => {
  const supervised = ["--save", "", "--supervised", "systemd"];
  await using server = await ServerProcess.start({ args: supervised });
  assert.match(server.log, /:C .* # systemd supervision error: NOTIFY_SOCKET not found!\n/);
  const client = await server.client();
  assert.deepEqual(await client.call("CONFIG", "GET", "supervised"), ["supervised", "systemd"]);
  assert.match(String(await client.call("INFO", "server")), /\r\nprocess_supervised:no\r\n/);
  client.close();
  const environment = { NOTIFY_SOCKET: "/nonexistent/notify" };
  const run = runExecutable(TIDEMARK_EXECUTABLE, supervised, { environment });
  assert.deepEqual(await run.end(), { code: 1, signal: null });
  assert.match(run.log, /\nsupervised systemd is not possible in Node\.js.*: use a service of type simple\n/);
});

test("maxclients leaves files for the server itself where few may be open", async () => {
  const dir = temporaryDirectory();
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--appendonly", "yes"];
  const run = runExecutable("/bin/sh", [
    ...["-c", 'ulimit -n 200; exec "$0" "$@"'],
    ...[TIDEMARK_EXECUTABLE, ...args],
  ]);
  await run.logged("Ready to accept connections");
  assert.match(run.log, /maxclients has been reduced to 136 to compensate for low ulimit/);
  const first = await WireClient.connect({ port });
  const others = await Promise.all(Array.from({ length: 200 }, () => WireClient.connect({ port })));
  let refused = 0;
  for (const client of others) void client.closed().then(() => refused++);
  await eventually("those who are too many are put out", () => refused === 1 + others.length - 136);
  await assert.rejects(
    first.call("CONFIG", "SET", "maxclients", "137"),
    /The operating system is not able to handle the specified number of clients, try with 136$/,
  );
  assert.equal(await first.call("SET", "key", "value"), "OK");
  assert.equal(await first.call("SAVE"), "OK");
  await first.call("BGREWRITEAOF");
  await run.logged("Background AOF rewrite finished successfully");
  for (const client of [first, ...others]) client.close();
  await run.kill("SIGTERM");
  removeDirectory(dir);
});

test("the log tells of an old file, of rewrites and of DEBUG LOADAOF in Redis's words", async () => {
  const dir = temporaryDirectory();
  writeFileSync(
    join(dir, "appendonly.aof"),
    "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$3\r\nold\r\n*1\r\n$5\r\nMULTI\r\n",
  );
  const server = await ServerProcess.start({
    dir,
    args: ["--appendonly", "yes", "--save", "", "--enable-debug-command", "yes"],
  });
  const client = await server.client();
  const told = (line: string) => server.run.logged(line);
  await told(
    "Successfully migrated an old-style AOF file (appendonly.aof) into the AOF directory (appendonlydir).",
  );
  await told("Revert incomplete MULTI/EXEC transaction in AOF file appendonly.aof\n");
  await told("AOF appendonly.aof loaded anyway because aof-load-truncated is enabled\n");
  await client.call("BGREWRITEAOF");
  await told("Successfully created the temporary AOF base file temp-");
  await told("Background AOF rewrite terminated with success\n");
  await told("Background AOF rewrite finished successfully\n");
  assert.match(
    server.log,
    /renamed the temporary AOF base file temp-\S+ into appendonly\.aof\.2\.base\.rdb\n/,
  );
  await client.call("DEBUG", "LOADAOF");
  await told("Append Only File loaded by DEBUG LOADAOF\n");
  assert.equal(await client.call("GET", "key"), "old");
  await client.call("CONFIG", "SET", "appendonly", "no");
  await client.call("CONFIG", "SET", "appendonly", "yes");
  await told("Successfully renamed the temporary AOF incr file temp-");
  client.close();
  await server.close();
  removeDirectory(dir);
});

test("CONFIG REWRITE and a restart on the same file give the same server", async () => {
  const dir = temporaryDirectory();
  const file = join(dir, "redis.conf");
  const port = await freePort();
  writeFileSync(file, `# kept\nport ${port}\nbind 127.0.0.1\nsave ""\ndir ${dir}\nappendonly yes\n`);
  const first = runExecutable(TIDEMARK_EXECUTABLE, [file]);
  await first.logged("Ready to accept connections");
  const client = await WireClient.connect({ port });
  await client.call("SET", "key", "value");
  await client.call("CONFIG", "SET", "maxmemory", "123mb", "appendfsync", "always", "requirepass", 'a b"c');
  await client.call("CONFIG", "REWRITE");
  const before = await client.call("CONFIG", "GET", "*");
  await first.kill("SIGTERM");
  const second = runExecutable(TIDEMARK_EXECUTABLE, [file]);
  await second.logged("Ready to accept connections");
  const again = await WireClient.connect({ port });
  assert.equal(await again.call("AUTH", 'a b"c'), "OK");
  assert.deepEqual(await again.call("CONFIG", "GET", "*"), before);
  assert.equal(await again.call("GET", "key"), "value");
  assert.match(readFileSync(file, "utf8"), /^# kept\n/);
  again.close();
  await second.kill("SIGTERM");
  removeDirectory(dir);
});

test("a configuration may come on standard input", async () => {
  const port = await freePort();
  const run = runExecutable(TIDEMARK_EXECUTABLE, ["-", "--save", ""], {
    input: `port ${port}\nbind 127.0.0.1\n`,
  });
  await run.logged("Ready to accept connections");
  const client = await WireClient.connect({ port });
  assert.equal(await client.call("PING"), "PONG");
  client.close();
  await run.kill("SIGTERM");
});

test("a server that may open no more files serves on, and tells of its memory", {
  skip: spawnSync("prlimit", ["--version"]).status === 0 ? false : "there is no prlimit here",
}, async () => {
  await using server = await ServerProcess.start({ args: ["--appendonly", "yes"] });
  using client = await server.client();
  await client.call("SET", "key", "value");
  spawnSync("prlimit", ["--pid", String(server.pid), "--nofile=1"]);
  assert.match(String(await client.call("INFO", "everything")), /used_memory_rss:[1-9]/);
  assert.equal(await client.call("SET", "key", "again"), "OK");
  await client.call("BGREWRITEAOF");
  await server.run.logged("Can't rewrite append only file in background: EMFILE");
  assert.equal(await client.call("GET", "key"), "again");
});
