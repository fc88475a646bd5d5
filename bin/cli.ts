/** Runs the command line: finds the command, runs it, and turns whatever goes wrong into an error with a next step. */
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Interfaces } from "@oclif/core";
import { SynesisError } from "../kernel/index.ts";
import type { CommandClass } from "./base-command.ts";
import { type CommandTable, findCommand } from "./services/find-command.ts";
import { reportError } from "./services/report-error.ts";

/**
 * @param argv the arguments after the command's name.
 * @param root the package's folder.
 */
export async function main(argv: string[], root: string): Promise<void> {
  process.stdout.on("error", outputFailed);
  const json = argv.includes("--json");
  process.on("uncaughtException", (error) => void reportError(error, json).finally(() => process.exit()));
  delete process.env["DEBUG"]; // libraries would print arguments and files as they are; SYNESIS_DEBUG is ours
  try {
    const pjson = readJson<Interfaces.PJSON>(root, "package.json");
    const found = findCommand(readJson<{ commands: CommandTable }>(root, "oclif.manifest.json").commands, argv);
    if (found) {
      const module = (await import(pathToFileURL(join(root, ...found.file)).href)) as { default: CommandClass };
      await module.default.launch(found.argv, { root, pjson });
    } else {
      const { runWithOclif } = await import("./run-with-oclif.ts");
      await runWithOclif(argv, { root, pjson });
    }
  } catch (error) {
    await reportError(error, json);
  }
}

/** A reader that goes away (`| head`) is no fault of ours, and there is nobody left to tell. */
function outputFailed({ code }: NodeJS.ErrnoException): void {
  if (code === "EPIPE") process.exit(0);
  const { message, next, exit } = new SynesisError(code === "ENOSPC" ? "DISK_FULL" : "OUTPUT_UNUSABLE", "(standard output)");
  writeSync(2, `${message}\n${next}\n`); // at once: the process ends with it
  process.exit(exit);
}

function readJson<T>(root: string, name: string): T {
  return JSON.parse(readFileSync(join(root, name), "utf8")) as T;
}
