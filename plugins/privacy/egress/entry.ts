/** One line of the egress log, and how the lines hang together. */
import { createHash } from "node:crypto";

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

/** How far the log goes: the number of the last entry, and its hash. */
export interface Head {
  readonly entries: number;
  readonly hash: string;
}

/** The head of an empty log. */
export const START: Head = { entries: 0, hash: "0".repeat(64) };

/** The entry that follows `before`, at this moment. */
export function nextEntry(before: Head, to: string, body: string | Uint8Array): EgressEntry {
  const bytes = Buffer.from(body as Uint8Array);
  const text = bytes.toString("utf8");
  const whole = Buffer.from(text).equals(bytes);
  const entry = {
    sequence: before.entries + 1,
    time: new Date().toISOString(),
    to,
    body: whole ? text : bytes.toString("base64"),
    encoding: whole ? ("utf8" as const) : ("base64" as const),
    previous: before.hash,
  };
  return { ...entry, hash: hashOf(entry) };
}

/** The entry on a line when its hash fits its contents. */
export function parseEntry(line: string): EgressEntry | undefined {
  try {
    const { hash, ...entry } = JSON.parse(line) as EgressEntry;
    return hashOf(entry) === hash ? { ...entry, hash } : undefined;
  } catch {
    return undefined;
  }
}

export function headOf({ sequence, hash }: EgressEntry): Head {
  return { entries: sequence, hash };
}

function hashOf({ sequence, time, to, body, encoding, previous }: Omit<EgressEntry, "hash">): string {
  return createHash("sha256")
    .update(JSON.stringify([sequence, time, to, body, encoding, previous]))
    .digest("hex");
}
