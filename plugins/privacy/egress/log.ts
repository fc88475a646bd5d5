/**
 * The record of every byte that left the machine: one JSON object a line, each with the hash of the line before, so that
 * a line that was changed, moved or taken out of the middle is found.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";

export interface EgressEntry {
  /** From 1. */
  readonly sequence: number;
  /** ISO 8601. */
  readonly time: string;
  /** Host that received the bytes. */
  readonly to: string;
  /** The exact bytes: as text when they are UTF-8, otherwise as Base64. */
  readonly body: string;
  readonly encoding: "utf8" | "base64";
  /** Hash of the line before; 64 zeros in the first. */
  readonly previous: string;
  /** SHA-256 over all of the above, in hexadecimal. */
  readonly hash: string;
}

const START = "0".repeat(64);
/** How long to wait for another process that writes, and after how long its lock counts as left behind, in milliseconds. */
const WAIT_MS = 5_000;
const STALE_MS = 10_000;
/** Bytes that are read at once when looking for the last line. */
const TAIL = 1 << 16;

export class EgressLog {
  readonly file: string;

  constructor(home: string) {
    this.file = join(home, "egress.log");
  }

  /** Writes down what is about to leave; when this fails, nothing must leave. Flushed to the disk when it returns. */
  append(to: string, body: string | Uint8Array): EgressEntry {
    return guarded(this.file, () => {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      return locked(`${this.file}.lock`, () => appendLine(this.file, to, body));
    });
  }

  /** Every entry, in order. @throws SynesisError DATABASE_CORRUPT when the chain is broken, naming the line. */
  entries(): EgressEntry[] {
    if (!existsSync(this.file)) return [];
    const { entries, brokenAt } = readChain(guarded(this.file, () => readFileSync(this.file, "utf8")));
    if (brokenAt !== undefined) throw new SynesisError("DATABASE_CORRUPT", `(${this.file}, line ${brokenAt})`);
    return entries;
  }

  /** Whether no line was changed, moved or taken out; otherwise the number of the first line that does not fit. */
  verify(): { readonly ok: true; readonly entries: number } | { readonly ok: false; readonly line: number } {
    if (!existsSync(this.file)) return { ok: true, entries: 0 };
    const { entries, brokenAt } = readChain(guarded(this.file, () => readFileSync(this.file, "utf8")));
    return brokenAt === undefined ? { ok: true, entries: entries.length } : { ok: false, line: brokenAt };
  }
}

function appendLine(file: string, to: string, body: string | Uint8Array): EgressEntry {
  const descriptor = openSync(file, "a+", 0o600);
  try {
    const last = lastLine(descriptor);
    const before = last === "" ? undefined : parseLine(last);
    if (last !== "" && before === undefined) throw new SynesisError("DATABASE_CORRUPT", `(${file}, last line)`);
    const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.from(body);
    const text = bytes.toString("utf8");
    const whole = Buffer.from(text).equals(bytes);
    const entry = {
      sequence: (before?.sequence ?? 0) + 1,
      time: new Date().toISOString(),
      to,
      body: whole ? text : bytes.toString("base64"),
      encoding: whole ? ("utf8" as const) : ("base64" as const),
      previous: before?.hash ?? START,
    };
    const line = { ...entry, hash: hashOf(entry) };
    writeSync(descriptor, `${JSON.stringify(line)}\n`);
    fsyncSync(descriptor);
    return line;
  } finally {
    closeSync(descriptor);
  }
}

/** The last whole line. What a process that ended while writing left behind stays, as a line of its own. */
function lastLine(descriptor: number): string {
  const size = fstatSync(descriptor).size;
  for (let length = TAIL; ; length *= 2) {
    const from = Math.max(0, size - length);
    const bytes = Buffer.alloc(size - from);
    readSync(descriptor, bytes, 0, bytes.length, from);
    const lines = bytes.toString("utf8").split("\n");
    if (from === 0 || lines.length > 2) return lines.at(-1) === "" ? (lines.at(-2) ?? "") : (lines.at(-1) ?? "");
  }
}

function readChain(text: string): { entries: EgressEntry[]; brokenAt: number | undefined } {
  const entries: EgressEntry[] = [];
  let previous = START;
  const lines = text.split("\n").filter((line) => line !== "");
  for (const [i, line] of lines.entries()) {
    const entry = parseLine(line);
    if (!entry || entry.previous !== previous || entry.sequence !== i + 1) return { entries, brokenAt: i + 1 };
    entries.push(entry);
    previous = entry.hash;
  }
  return { entries, brokenAt: undefined };
}

/** The entry on a line when its hash fits its contents. */
function parseLine(line: string): EgressEntry | undefined {
  try {
    const { hash, ...entry } = JSON.parse(line) as EgressEntry;
    return hashOf(entry) === hash ? { ...entry, hash } : undefined;
  } catch {
    return undefined;
  }
}

function hashOf({ sequence, time, to, body, encoding, previous }: Omit<EgressEntry, "hash">): string {
  return createHash("sha256")
    .update(JSON.stringify([sequence, time, to, body, encoding, previous]))
    .digest("hex");
}

/** Runs `work` while no other process does. */
function locked<T>(lock: string, work: () => T): T {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const began = Date.now(); ; Atomics.wait(pause, 0, 0, 5)) {
    try {
      closeSync(openSync(lock, "wx", 0o600));
      break;
    } catch (error) {
      if ((error as { code?: unknown }).code !== "EEXIST") throw error;
      if (Date.now() - began > WAIT_MS) throw new SynesisError("DATABASE_LOCKED", `(${lock})`);
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > STALE_MS) rmSync(lock, { force: true });
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SynesisError) throw error;
    throw new SynesisError((error as { code?: unknown }).code === "ENOSPC" ? "DISK_FULL" : "HOME_UNUSABLE", `(${file})`, { cause: error });
  }
}
