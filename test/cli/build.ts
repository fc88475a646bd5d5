import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Builds once before the tests: they run the command as a user does. */
export default function setup(): void {
  execFileSync(process.execPath, ["scripts/build.js"], { cwd: join(import.meta.dirname, "../.."), stdio: "inherit" });
}
