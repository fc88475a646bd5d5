import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";

/** How often a holder shows that it is alive, and how long its silence may last; in ms. */
const BEAT_MS = 5_000;
const SILENT_MS = 60_000;

/**
 * Runs `work` while no other process does so with the same lock file. A lock whose process has died is taken over.
 *
 * @throws SynesisError MODEL_LOCKED
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!take(file)) {
    removeStale(file);
    if (!take(file)) throw new SynesisError("MODEL_LOCKED", `(${file})`);
  }
  const beat = setInterval(() => touch(file), BEAT_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Renaming is what only one of several processes can do; if it was a fresh lock after all, it is put back. */
function removeStale(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    if (!isStale(file)) return;
    renameSync(file, aside);
    if (!isStale(aside)) linkSync(aside, file);
  } catch {
    // another process was faster
  } finally {
    rmSync(aside, { force: true });
  }
}

function isStale(file: string): boolean {
  const pid = Number(readFileSync(file, "utf8"));
  const silent = Date.now() - statSync(file).mtimeMs > SILENT_MS;
  return silent || !(pid > 0) || !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // the folder was taken away; the download itself will say so
  }
}
