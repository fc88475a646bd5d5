/** The library that runs model files: here a development dependency, with users what `synesis runtime install llama` installs. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { runtimePackages } from "../../bin/services/runtime.ts";

const installed = process.env["SYNESIS_TEST_RUNTIME"];

/** A folder whose `node_modules` hold it. SYNESIS_TEST_RUNTIME names a user's home to take it from, such as one with the parts for a GPU. */
export const RUNTIME = installed ? join(installed, "runtime") : join(import.meta.dirname, "../..");

/** Why it cannot run on this platform; undefined where it can. */
export const withoutRuntime = whyNot();

function whyNot(): string | undefined {
  try {
    runtimePackages(process.platform, process.arch, false);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function linkRuntime(home: string): void {
  symlinkSync(RUNTIME, join(home, "runtime"), "junction");
}
