/** The vault's key as a file that only its owner can read. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";

export const KEY_BYTES = 32;

/** A key as it is written down, or undefined when the text is none. */
export function parseKey(text: string): Buffer | undefined {
  const digits = text.trim();
  return /^[0-9a-f]+$/i.test(digits) && digits.length === KEY_BYTES * 2 ? Buffer.from(digits, "hex") : undefined;
}

/** The key in `file`, or undefined when there is none. @throws SynesisError TOKEN_KEY_WRONG, HOME_UNUSABLE */
export function readKey(file: string): Buffer | undefined {
  return guarded(file, () => {
    const key = parseKey(readFileSync(file, "latin1"));
    if (!key) throw new SynesisError("TOKEN_KEY_WRONG", `(${file})`);
    return key;
  });
}

/** The key in `file`, made now if there is none; processes that start at once all get the same. */
export function readOrMakeKey(file: string): Buffer {
  const existing = readKey(file);
  if (existing) return existing;
  guarded(file, () => {
    const draft = writeDraft(file);
    try {
      linkSync(draft, file); // refuses to replace: whoever comes first decides
      syncFolder(file);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  });
  const made = readKey(file);
  if (!made) throw new SynesisError("TOKEN_KEY_MISSING", `(${file})`);
  return made;
}

/** A new key in `file`, replacing what stands there. */
export function writeKey(file: string): Buffer {
  guarded(file, () => rename(writeDraft(file), file));
  const made = readKey(file);
  if (!made) throw new SynesisError("TOKEN_KEY_MISSING", `(${file})`);
  return made;
}

/** Puts the key in `from` in the place of the one in `to`. */
export function adoptKey(from: string, to: string): void {
  guarded(from, () => rename(from, to));
}

/** Removes the files beside `file` that hold keys which never came into use. */
export function removeLeftovers(file: string): void {
  guarded(file, () => {
    for (const name of readdirSync(dirname(file))) if (name.startsWith(`${basename(file)}.`)) rmSync(join(dirname(file), name));
  });
}

function rename(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(to);
}

/** A name is on the disk when its folder is; what a key seals must not get there before. Windows has no such call. */
function syncFolder(file: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(dirname(file), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A new key in a file of its own, whole on the disk before it gets its name. */
function writeDraft(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const descriptor = openSync(draft, "wx", 0o600);
  try {
    writeSync(descriptor, `${randomBytes(KEY_BYTES).toString("hex")}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return draft;
}

function guarded<T>(file: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SynesisError) throw error;
    if (codeOf(error) === "ENOENT") return undefined;
    throw new SynesisError("HOME_UNUSABLE", `(${file})`, { cause: error });
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
