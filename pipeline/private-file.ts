/** Files that only their owner can read, and that are never half written. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { SynesisError } from "../kernel/index.ts";

/** Puts `text` in the place of what `file` holds; a crash leaves the one or the other. @throws SynesisError HOME_UNUSABLE, DISK_FULL */
export function writePrivateFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const descriptor = openSync(draft, "wx", 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor); // the name must not be on the disk before the text is
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    const full = (error as NodeJS.ErrnoException).code === "ENOSPC";
    throw new SynesisError(full ? "DISK_FULL" : "HOME_UNUSABLE", `(${file})`, { cause: error });
  }
}
