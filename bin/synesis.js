#!/usr/bin/env node
// The entry point. Plain JavaScript that any Node reads, because it must come before everything that needs Node 24:
// better-sqlite3 13 ends Node 20 with a segmentation fault as soon as it is loaded.
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 24;
const root = new URL("../", import.meta.url);
const argv = process.argv.slice(2);

// Until a command listens itself: being stopped early ends with the same code as being stopped later.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-v")) {
  process.stdout.on("error", () => fail("The version cannot be written.", "Look at where standard output leads.", 1));
  process.stdout.write(`${JSON.parse(readFileSync(new URL("package.json", root), "utf8")).version}\n`);
} else if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  await runWithBundledNode();
} else {
  await start();
}

async function start() {
  const cli = new URL("dist/cli.js", root);
  if (!existsSync(cli)) {
    fail("The compiled program is missing.", "Run `npm install` (or `npm run build`) in the package folder.", 1);
    return;
  }
  module.enableCompileCache?.();
  const { main } = await import(cli.href);
  await main(argv, fileURLToPath(root));
}

async function runWithBundledNode() {
  const node = fileURLToPath(new URL("node_modules/node/bin/node", root));
  if (!existsSync(node)) {
    fail(
      `Node ${OLDEST_NODE} or newer is needed; this is ${process.version}.`,
      `Install Node ${OLDEST_NODE}, for instance with \`npm install --global node@${OLDEST_NODE}\`.`,
      2,
    );
    return;
  }
  const { spawn } = await import("node:child_process");
  const child = spawn(node, [fileURLToPath(import.meta.url), ...argv], { stdio: "inherit" });
  // The terminal sends Ctrl-C to both; the child decides how to end.
  for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => signal === "SIGINT" || child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 130 : 1);
  });
}

function fail(message, next, code) {
  if (argv.includes("--json")) console.log(JSON.stringify({ error: { code: code === 1 ? "NOT_BUILT" : "NODE_TOO_OLD", message, next } }));
  else console.error(`${message}\n${next}`);
  process.exitCode = code;
}
