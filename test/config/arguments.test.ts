import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseArguments, type Serve } from "#tidemark/config/arguments.js";
import { TIDEMARK_VERSION } from "#tidemark/config/version.js";
import { oracleTest } from "../support/oracle.js";
import { REDIS_EXECUTABLE, runExecutable } from "../support/process.js";

function serve(...args: string[]): Serve {
  const parsed = parseArguments(args);
  assert.ok(parsed.kind !== "print");
  return parsed;
}

test("the first argument is a file unless it begins with a dash", () => {
  assert.deepEqual(serve(), { kind: "serve", file: null, readsStandardInput: false, options: "" });
  assert.equal(serve("redis.conf").file, "redis.conf");
  assert.equal(serve("--port", "1").file, null);
});

test("a dash in the first or the last place reads standard input", () => {
  assert.ok(serve("-").readsStandardInput);
  assert.ok(serve("-", "--port", "1").readsStandardInput);
  assert.ok(serve("redis.conf", "--port", "1", "-").readsStandardInput);
  assert.ok(!serve("redis.conf", "-", "--port", "1").readsStandardInput);
});

test("options become lines", () => {
  const cases: [string[], string][] = [
    [["--port", "7000", "--save", "60", "1"], 'port "7000" \nsave "60" "1" '],
    [["--port 7000", "--hz", "5"], 'port 7000 \nhz "5" '],
    [["--save", "--hz", "5"], 'save ""\nhz "5" '],
    [["--hz", "5", "--save"], 'hz "5" \nsave ""'],
    [["--save", ""], 'save "" '],
    [["--requirepass", "--x"], 'requirepass "--x" '],
    [["--masterauth", "é"], 'masterauth "\\xc3\\xa9" '],
  ];
  for (const [args, options] of cases) assert.equal(serve(...args).options, options, args.join(" "));
});

test("--check-config may come before the file or where a directive may begin", () => {
  for (const args of [
    ["--check-config", "a.conf", "--hz", "1"],
    ["a.conf", "--hz", "1", "--check-config"],
  ])
    assert.deepEqual(serve(...args), {
      kind: "check",
      file: "a.conf",
      readsStandardInput: false,
      options: 'hz "1" ',
    });
  assert.equal(serve("--masterauth", "--check-config").kind, "serve");
});

test("what is no server is answered", () => {
  for (const argument of ["--test-memory", "--check-system", "--sentinel"]) {
    const printed = parseArguments([argument, "64"]);
    assert.ok(printed.kind === "print");
    assert.deepEqual([printed.stream, printed.status], ["stderr", 1]);
    assert.match(printed.text, new RegExp(`^${argument} is not supported: .*\n$`));
  }
});

test("the version is the package's", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  assert.equal(TIDEMARK_VERSION, version);
});

oracleTest("version and help go where redis-server's go, with its status", async () => {
  for (const argument of ["-v", "--version", "-h", "--help"]) {
    const printed = parseArguments([argument, "x"]);
    assert.ok(printed.kind === "print");
    const run = runExecutable(REDIS_EXECUTABLE, [argument, "x"]);
    let errors = "";
    run.child.stderr?.on("data", (bytes: Buffer) => {
      errors += bytes.toString();
    });
    const { code } = await run.end();
    assert.deepEqual([printed.status, printed.stream], [code, errors === "" ? "stdout" : "stderr"]);
    assert.equal(printed.text.split(/[\s=]/)[0], run.log.split(/[\s=]/)[0]);
  }
});
