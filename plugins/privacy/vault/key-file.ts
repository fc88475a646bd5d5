/** The vault's key as a file that only its owner can read. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";

const KEY_BYTES = 32;

/** The key in `file`, or undefined when there is none. @throws SynesisError TOKEN_KEY_WRONG, HOME_UNUSABLE */
export function readKey(file: string): Buffer | undefined {
  return guarded(file, () => {
    const key = Buffer.from(readFileSync(file, "latin1").trim(), "hex");
    if (key.length !== KEY_BYTES) throw new SynesisError("TOKEN_KEY_WRONG", `(${file})`);
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
  guarded(file, () => renameSync(writeDraft(file), file));
  const made = readKey(file);
  if (!made) throw new SynesisError("TOKEN_KEY_MISSING", `(${file})`);
  return made;
}

/** Puts the key in `from` in the place of the one in `to`. */
export function adoptKey(from: string, to: string): void {
  guarded(from, () => renameSync(from, to));
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
