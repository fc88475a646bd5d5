import { readFileSync, unwatchFile, watchFile } from "node:fs";
import type { Device } from "./identify.ts";

/** Where lists of what is no longer accepted come from. */
export interface RevocationSources {
  /** A file of device ids and serial numbers of certificates, one a line; read again when it changes. */
  readonly file: string | undefined;
  /** Asks the Worker for the ids of devices, again and again. */
  readonly ask: () => Promise<ReadonlySet<string>>;
  readonly everyMs: number;
}

/** The devices and certificates that are no longer accepted. A list that cannot be had stays as it was, and says so once. */
export class Revocations {
  readonly #sources: RevocationSources;
  readonly #told: { readonly onChange: () => void; readonly onError: (which: string) => void };
  #listed: ReadonlySet<string> = new Set();
  #asked: ReadonlySet<string> = new Set();
  #failing = false;
  #closed = false;
  readonly #timer: NodeJS.Timeout;

  constructor(sources: RevocationSources, told: { readonly onChange: () => void; readonly onError: (which: string) => void }) {
    this.#sources = sources;
    this.#told = told;
    const { file, everyMs } = sources;
    this.#timer = setInterval(() => void this.#ask(), everyMs).unref();
    void this.#ask();
    if (!file) return;
    this.#listed = read(file);
    watchFile(file, { interval: 1_000, persistent: false }, () => {
      try {
        this.#listed = read(file);
        told.onChange();
      } catch {
        told.onError(file);
      }
    });
  }

  has({ deviceId, serial }: Device): boolean {
    return this.#asked.has(deviceId) || this.#listed.has(deviceId) || this.#listed.has(serial);
  }

  close(): void {
    this.#closed = true; // nobody needs to hear of an answer that no longer comes
    clearInterval(this.#timer);
    if (this.#sources.file) unwatchFile(this.#sources.file);
  }

  async #ask(): Promise<void> {
    try {
      const asked = await this.#sources.ask();
      const more = asked.size > 0 && !asked.isSubsetOf(this.#asked);
      this.#asked = asked;
      this.#failing = false;
      if (more) this.#told.onChange();
    } catch {
      if (!this.#failing && !this.#closed) this.#told.onError("the Worker's");
      this.#failing = true;
    }
  }
}

function read(file: string): ReadonlySet<string> {
  const lines = readFileSync(file, "utf8").split("\n");
  return new Set(lines.map((line) => line.replace(/#.*/, "").trim()).filter(Boolean));
}
