import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, SynesisError } from "../../kernel/index.ts";

/**
 * Runs the user's npm; gives what it printed. What it caches is gone afterwards, unless its user has set where that goes.
 *
 * @param args on Windows they pass a shell: the caller has checked whatever a person typed.
 * @throws SynesisError with `failure` as its code; the signal's reason.
 */
export function npm(args: readonly string[], cwd: string, failure: ErrorCode, signal: AbortSignal): Promise<string> {
  const cache = join(cwd, ".npm-cache");
  const env = { npm_config_cache: cache, ...process.env };
  const windows = process.platform === "win32"; // there npm is a script, which needs a shell
  const child = spawn(windows ? "npm.cmd" : "npm", [...args], { cwd, shell: windows, stdio: ["ignore", "pipe", "pipe"], env, signal });
  let printed = "";
  let tail = "";
  child.stdout.on("data", (text: Buffer) => {
    printed += text;
  });
  child.stderr.on("data", (text: Buffer) => {
    tail = (tail + text).slice(-2_000);
  });
  return new Promise<string>((resolve, reject) => {
    child.once("error", (error) =>
      reject(signal.aborted ? signal.reason : new SynesisError(failure, "npm could not be started.", { cause: error })),
    );
    child.once("close", (code) => {
      const reason = /npm (?:error|ERR!) code (\w+)/.exec(tail)?.[1] ?? `exit code ${code}`;
      if (code === 0) resolve(printed);
      else reject(signal.aborted ? signal.reason : new SynesisError(failure, `npm says: ${reason}.`));
    });
  }).finally(() => rmSync(cache, { recursive: true, force: true, maxRetries: 3 }));
}
