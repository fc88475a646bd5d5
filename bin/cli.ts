/** Runs the command line: finds the command, runs it, and turns whatever goes wrong into an error with a next step. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Config } from "@oclif/core/config";
import type { PJSON } from "@oclif/core/interfaces";
import { run } from "@oclif/core/run";
import { settings } from "@oclif/core/settings";
import { reportError } from "./services/report-error.ts";

/**
 * @param argv the arguments after the command's name.
 * @param root the package's folder.
 */
export async function main(argv: string[], root: string): Promise<void> {
  // A reader that goes away (`| head`) is no fault of ours, and there is nobody left to tell.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  settings.performanceEnabled = false;
  try {
    const pjson: PJSON = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const config = await Config.load({ root, pjson });
    await run(argv, config);
  } catch (error) {
    reportError(error, argv.includes("--json"));
  }
}
