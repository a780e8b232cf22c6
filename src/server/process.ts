/**
 * The server as a process: its command line, its signals, its pidfile, its title and its exit status.
 *
 * The process that was started is the one that serves. SIGTERM and SIGINT end it in order; a second one ends it at
 * once, as does SIGINT while the dataset is loaded. SIGHUP, which a terminal sends when it is closed, does nothing.
 */

import { parseArguments, type Serve } from "../config/arguments.js";
import type { Config } from "../config/config.js";
import { ConfigFileMissing, FatalConfigError } from "../config/fatal.js";
import { systemReason } from "../config/kinds/directory.js";
import { expandTitle } from "../config/kinds/title.js";
import { load, warningOf } from "../config/load.js";
import { TIDEMARK_VERSION } from "../config/version.js";
import { rehearse } from "../engine/rehearsal.js";
import { EndedEarly } from "../persistence/start-error.js";
import { nodePlatform, type Platform } from "../platform/platform.js";
import { latin1 } from "../util/ascii.js";
import { Logger } from "./logger.js";
import { logo } from "./logo.js";
import { checkSupervision } from "./supervision.js";
import { Tidemark } from "./tidemark.js";

/** Runs until the server has ended, then exits the process. */
export async function runProcess(args: readonly string[]): Promise<void> {
  const platform = nodePlatform();
  const { host } = platform;
  const asked = parseArguments(args);
  if (asked.kind === "print") {
    host.write(asked.stream, asked.text);
    host.exit(asked.status);
    return;
  }
  const config = await readConfig(platform, asked);
  if (config === null) {
    host.exit(1);
    return;
  }
  if (asked.kind === "check") {
    host.write("stdout", "Configuration OK\n");
    host.exit(0);
    return;
  }
  await serve(platform, config);
}

async function readConfig(platform: Platform, asked: Serve): Promise<Config | null> {
  const { host, disk } = platform;
  const surroundings = { disk, workingDirectory: host.workingDirectory() };
  const standardInput = asked.readsStandardInput ? latin1(await host.readStandardInput()) : null;
  try {
    return load(surroundings, { file: asked.file, standardInput, options: asked.options });
  } catch (error) {
    if (error instanceof FatalConfigError) host.write("stderr", error.report);
    else if (error instanceof ConfigFileMissing) earlyLog(platform, error.message);
    else throw error;
    return null;
  }
}

/** A warning from before there is a configuration. */
function earlyLog(platform: Platform, text: string): void {
  new Logger(platform, load({ disk: platform.disk, workingDirectory: "/" }, {})).log("warning", text);
}

async function serve(platform: Platform, config: Config): Promise<void> {
  const { host, disk } = platform;
  const logger = new Logger(platform, config);
  let status = 0;
  try {
    openLog(logger);
    host.onFault((error) => reportFault(logger, config, error));
    showLogo(platform, config, logger);
    checkSupervision(platform, config, logger);
    logger.hasRole = true;
    const running = endOnSignals(platform, config, logger);
    rehearse(platform.chance);
    const server = await Tidemark.launch(config, { platform });
    running.server = server;
    writePidFile(platform, config, logger);
    if (config.values["set-proc-title"]) host.setTitle(title(config, server.port));
    await server.closed;
    if (config.values.pidfile !== "") disk.remove(config.pathOf(config.values.pidfile));
  } catch (error) {
    if (error instanceof FatalConfigError) host.write("stderr", error.report);
    else if (!(error instanceof EndedEarly)) logger.log("warning", (error as Error).message);
    status = error instanceof EndedEarly ? 0 : 1;
  }
  host.exit(status);
}

function openLog(logger: Logger): void {
  try {
    logger.open();
  } catch (error) {
    throw new FatalConfigError(null, `Can't open the log file: ${systemReason(error)}`);
  }
}

function showLogo({ host }: Platform, config: Config, logger: Logger): void {
  const { logfile, port } = config.values;
  if (config.values["always-show-logo"] || (logfile === "" && host.isTerminal))
    logger.raw(logo(port, host.pid));
  const warning = warningOf(config);
  if (warning !== null) logger.log("warning", warning);
}

/** SIGTERM and SIGINT end the server; while it starts, or when they come again, they end the process. */
function endOnSignals(
  { host, clock }: Platform,
  config: Config,
  logger: Logger,
): { server: Tidemark | null } {
  const running: { server: Tidemark | null } = { server: null };
  let ending = false;
  const end = (signal: "SIGTERM" | "SIGINT"): void => {
    const seconds = Math.floor(clock.now() / 1000);
    const what = ending ? `You insist... exiting now.` : `Received ${signal} scheduling shutdown...`;
    logger.raw(`${host.pid}:signal-handler (${seconds}) ${what}\n`);
    if (ending || running.server === null) host.exit(ending ? 1 : 0);
    ending = true;
    const options = config.values[signal === "SIGTERM" ? "shutdown-on-sigterm" : "shutdown-on-sigint"];
    const save = options.includes("save") ? "save" : options.includes("nosave") ? "nosave" : "default";
    const ended = running.server?.shutdown({
      save,
      now: options.includes("now"),
      force: options.includes("force"),
    });
    ended?.catch(() => {
      ending = false;
      logger.log(
        "warning",
        `${signal} received but errors trying to shut down the server, check the logs for more information`,
      );
    });
  };
  host.onSignal("SIGTERM", () => end("SIGTERM"));
  host.onSignal("SIGINT", () => end("SIGINT"));
  host.onSignal("SIGHUP", () => {});
  return running;
}

/** An error that nothing has caught is a bug of ours: what is known of it goes into the log, and the process ends. */
function reportFault(logger: Logger, config: Config, error: Error): void {
  if (!config.values["crash-log-enabled"]) return;
  logger.raw("\n\n=== TIDEMARK BUG REPORT START: Cut & paste starting from here ===\n");
  logger.log("warning", `Tidemark ${TIDEMARK_VERSION} crashed: ${error.stack ?? error.message}`);
  logger.raw("=== TIDEMARK BUG REPORT END. ===\n");
}

function writePidFile({ disk, host }: Platform, config: Config, logger: Logger): void {
  const path = config.values.pidfile;
  if (path === "") return;
  try {
    const file = disk.open(config.pathOf(path), "create");
    const line = Buffer.from(`${host.pid}\n`);
    file.write(line, 0, line.length);
    file.close();
  } catch (error) {
    logger.log("warning", `Failed to write PID file: ${(error as Error).message}`);
  }
}

/** The process title by `proc-title-template`, which was checked when it was read. */
function title(config: Config, port: number): string {
  const { values } = config;
  const address = values.bind[0] ?? "*";
  const expanded = expandTitle(values["proc-title-template"], {
    title: "tidemark",
    "listen-addr": port !== 0 ? `${address}:${port}` : values.unixsocket,
    "server-mode": "",
    port: String(port),
    "tls-port": "0",
    unixsocket: values.unixsocket,
    "config-file": config.file ?? "",
  });
  return expanded?.trimEnd() ?? "tidemark";
}
