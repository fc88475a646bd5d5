import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Builds once before the tests: they run the command as a user does. Their temporary folders go with the run. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "st-")); // short: sockets' paths have room for a hundred letters
  chmodSync(folder, 0o1777); // some tests run as somebody else
  process.env["TMPDIR"] = folder;
  execFileSync(process.execPath, ["scripts/build.js"], { cwd: join(import.meta.dirname, "../.."), stdio: "inherit" });
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
