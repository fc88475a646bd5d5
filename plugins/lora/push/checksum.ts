/** A file's SHA-256, remembered as long as the file looks the same: a push that goes on need not read it all again. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, rmSync, type Stats } from "node:fs";
import { join } from "node:path";
import { writePrivateFile } from "../../../pipeline/private-file.ts";

interface Note {
  readonly stamp: string;
  readonly sha256: string;
}

const BLOCK = 4 * 1024 * 1024;

/** Changes when the file does, unless somebody hides it. */
export function stampOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(":");
}

export class Checksums {
  readonly #folder: string;

  /** @param folder where the notes are kept, one a file */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async of(path: string, stamp: string, signal: AbortSignal, onBytes: (count: number) => void): Promise<string> {
    const known = this.#read(path);
    if (known?.stamp === stamp) return known.sha256;
    const hash = createHash("sha256");
    for await (const bytes of createReadStream(path, { highWaterMark: BLOCK, signal })) {
      hash.update(bytes as Buffer);
      onBytes((bytes as Buffer).length);
    }
    const sha256 = hash.digest("hex");
    this.#write(path, { stamp, sha256 });
    return sha256;
  }

  forget(path: string): void {
    rmSync(this.#file(path), { force: true });
  }

  #file(path: string): string {
    return join(this.#folder, `${createHash("sha256").update(path).digest("hex").slice(0, 32)}.json`);
  }

  #read(path: string): Note | undefined {
    try {
      const { stamp, sha256 } = JSON.parse(readFileSync(this.#file(path), "utf8")) as Partial<Note>;
      return typeof stamp === "string" && /^[0-9a-f]{64}$/.test(String(sha256)) ? { stamp, sha256: String(sha256) } : undefined;
    } catch {
      return undefined;
    }
  }

  #write(path: string, note: Note): void {
    writePrivateFile(this.#file(path), JSON.stringify(note));
  }
}
