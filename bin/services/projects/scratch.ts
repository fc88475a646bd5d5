import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";

const FORM = /^\.handover-(\d+)-[0-9a-f]{8}$/;

/** A private folder inside `parent` for what is not finished; what processes that are gone have left there is removed. */
export function scratchFolder(parent: string): string {
  try {
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(parent)) {
      const [, pid] = FORM.exec(name) ?? [];
      if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
    }
    const folder = join(parent, `.handover-${process.pid}-${randomBytes(4).toString("hex")}`);
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  } catch (error) {
    throw new SynesisError("HOME_UNUSABLE", `(${parent})`, { cause: error });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
