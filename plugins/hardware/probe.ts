import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** The ways in which a machine is asked. Tests put a recorded machine in its place. */
export interface Probe {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** A small file's text; undefined when it cannot be read. */
  read(path: string): string | undefined;
  /** Names in a folder; none when it cannot be read. */
  list(folder: string): readonly string[];
  /** What a program prints; undefined when it is missing, fails or does not finish. */
  run(command: string, args: readonly string[]): Promise<string | undefined>;
}

/** A driver that hangs must not hang the command. */
const RUN_MS = 5_000;
const RUN_BYTES = 4 * 1024 * 1024;

/** This machine. */
export const thisMachine: Probe = {
  platform: process.platform,
  arch: process.arch,
  read(path) {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  },
  list(folder) {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
  run(command, args) {
    return new Promise((resolve) => {
      execFile(
        command,
        [...args],
        { timeout: RUN_MS, killSignal: "SIGKILL", maxBuffer: RUN_BYTES, windowsHide: true, env: { ...process.env, LC_ALL: "C" } },
        (error, stdout) => resolve(error ? undefined : stdout),
      );
    });
  },
};
