import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Pattern } from "./pattern.ts";

/** Raised when the checks of patterns change, so that all are checked again. */
const CHECKS_VERSION = 1;

/**
 * Remembers, by hash, which patterns have passed their checks, so that a start does not pay for them. A file that is
 * missing, damaged or cannot be written only costs the time of checking again.
 */
export class VerifiedPatterns {
  readonly #file: string;
  #hashes: ReadonlySet<string> | undefined;

  constructor(home: string) {
    this.#file = join(home, "verified-patterns.json");
  }

  has(pattern: Pattern): boolean {
    this.#hashes ??= new Set(this.#read());
    return this.#hashes.has(hashOf(pattern));
  }

  add(patterns: readonly Pattern[]): void {
    this.#hashes = new Set([...this.#read(), ...patterns.map(hashOf)]);
    const draft = `${this.#file}.${process.pid}.tmp`;
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(draft, JSON.stringify([...this.#hashes]), { mode: 0o600 });
      renameSync(draft, this.#file);
    } catch {}
  }

  #read(): string[] {
    try {
      const value: unknown = JSON.parse(readFileSync(this.#file, "utf8"));
      return Array.isArray(value) ? value.filter((hash) => typeof hash === "string") : [];
    } catch {
      return [];
    }
  }
}

/** Over the pattern and what its behaviour depends on besides. */
function hashOf(pattern: Pattern): string {
  return createHash("sha256")
    .update(JSON.stringify([CHECKS_VERSION, process.versions.v8, pattern]))
    .digest("hex");
}
