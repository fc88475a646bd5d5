import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const SYNESIS = join(import.meta.dirname, "../../bin/synesis.js");

/** Tests leave the keychain of whoever runs them alone. */
const NO_KEYCHAIN = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent" };

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user with a home of their own, and a folder of files to work in. */
export class User {
  readonly folder = mkdtempSync(join(tmpdir(), "synesis-test-"));
  readonly home = join(this.folder, "home");
  readonly files = join(this.folder, "files");

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    mkdirSync(this.files);
    for (const [path, contents] of Object.entries(files)) this.write(path, contents);
  }

  path(name: string): string {
    return join(this.files, name);
  }

  write(name: string, contents: string | Uint8Array): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
    return path;
  }

  /** Runs the command as a process of its own. */
  async run(args: readonly string[], options: { input?: string | Uint8Array; env?: Record<string, string> } = {}): Promise<Finished> {
    const child = this.start(args, options.env);
    child.stdin.end(options.input ?? "");
    return finished(child);
  }

  /** @param as the user and group that it runs as; one's own when absent. */
  start(args: readonly string[], env: Record<string, string> = {}, as: { uid?: number; gid?: number } = {}) {
    return spawn(process.execPath, [SYNESIS, ...args], {
      ...as,
      cwd: this.files,
      env: { ...process.env, NODE_NO_WARNINGS: "", SYNESIS_HOME: this.home, ...NO_KEYCHAIN, ...env },
    });
  }

  /** Runs with --json and reads the one value on stdout. */
  async json(args: readonly string[], input?: string): Promise<{ code: number | null; value: unknown; stderr: string }> {
    const { code, stdout, stderr } = await this.run([...args, "--json"], input === undefined ? {} : { input });
    return { code, value: JSON.parse(stdout) as unknown, stderr };
  }
}

export async function finished(child: ReturnType<User["start"]>): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => {}); // the command may end before it has read everything
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr };
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
