import { readFileSync, unwatchFile, watchFile } from "node:fs";
import type { Device } from "./identify.ts";

/**
 * The devices and certificates that are no longer accepted: a file of device ids and serial numbers, one a line. It is
 * read again when it changes. A list that cannot be read stays as it was, and says so.
 */
export class Revocations {
  readonly #file: string | undefined;
  #revoked: ReadonlySet<string> = new Set();

  constructor(file: string | undefined, onChange: () => void, onError: (error: unknown) => void) {
    this.#file = file;
    if (!file) return;
    this.#revoked = read(file);
    watchFile(file, { interval: 1_000, persistent: false }, () => {
      try {
        this.#revoked = read(file);
        onChange();
      } catch (error) {
        onError(error);
      }
    });
  }

  has({ deviceId, serial }: Device): boolean {
    return this.#revoked.has(deviceId) || this.#revoked.has(serial);
  }

  close(): void {
    if (this.#file) unwatchFile(this.#file);
  }
}

function read(file: string): ReadonlySet<string> {
  const lines = readFileSync(file, "utf8").split("\n");
  return new Set(lines.map((line) => line.replace(/#.*/, "").trim()).filter(Boolean));
}
