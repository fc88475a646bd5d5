import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** What a part file is a part of. */
export interface PartOf {
  readonly size: number;
  readonly version: string | null;
}

interface State extends PartOf {
  /** The pieces that are complete, by number. */
  readonly done: readonly number[];
}

export interface Piece {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** Bytes of a piece. */
const PIECE = 8 * 1024 * 1024;

/**
 * A file in the making: `<file>.part` with the bytes in their places, `<file>.part.json` with the pieces that are
 * complete. A piece is noted only after its bytes are on the disk, so that a crash costs at most the pieces in hand.
 */
export class PartFile {
  readonly path: string;
  readonly #statePath: string;
  readonly #of: PartOf;
  readonly #done: Set<number>;
  readonly #handle: FileHandle;

  private constructor(file: string, of: PartOf, done: Set<number>, handle: FileHandle) {
    this.path = `${file}.part`;
    this.#statePath = `${file}.part.json`;
    this.#of = of;
    this.#done = done;
    this.#handle = handle;
  }

  /** Opens the part of an earlier attempt at the same bytes, or begins a new one. Without a version nothing is known to be the same. */
  static async open(file: string, of: PartOf): Promise<PartFile> {
    const before = readState(`${file}.part.json`);
    const same = before !== undefined && of.version !== null && before.size === of.size && before.version === of.version;
    const kept = same ? await open(`${file}.part`, "r+").catch(() => undefined) : undefined;
    if (kept && (await kept.stat()).size === of.size) return new PartFile(file, of, new Set(before?.done), kept);
    await kept?.close();
    rmSync(`${file}.part.json`, { force: true });
    const handle = await open(`${file}.part`, "w+", 0o600);
    await handle.truncate(of.size);
    return new PartFile(file, of, new Set(), handle);
  }

  /** Bytes of the pieces that are complete. */
  get doneBytes(): number {
    return pieces(this.#of.size)
      .filter(({ number }) => this.#done.has(number))
      .reduce((sum, { start, end }) => sum + end - start, 0);
  }

  missing(): Piece[] {
    return pieces(this.#of.size).filter(({ number }) => !this.#done.has(number));
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let written = 0;
    while (written < bytes.length)
      written += (await this.#handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }

  async complete({ number }: Piece): Promise<void> {
    await this.#handle.datasync();
    this.#done.add(number);
    const state: State = { ...this.#of, done: [...this.#done] };
    writeFileSync(`${this.#statePath}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${this.#statePath}.new`, this.#statePath);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Removes what earlier attempts left. */
export function removeParts(file: string): void {
  for (const end of [".part", ".part.json", ".part.json.new"]) rmSync(`${file}${end}`, { force: true });
}

function pieces(size: number): Piece[] {
  return Array.from({ length: Math.ceil(size / PIECE) }, (_, number) => ({
    number,
    start: number * PIECE,
    end: Math.min(size, (number + 1) * PIECE),
  }));
}

function readState(path: string): State | undefined {
  try {
    const { size, version, done } = JSON.parse(readFileSync(path, "utf8")) as Partial<Record<keyof State, unknown>>;
    const list = Array.isArray(done) && done.every((number) => Number.isSafeInteger(number));
    return typeof size === "number" && typeof version === "string" && list ? { size, version, done: done as number[] } : undefined;
  } catch {
    return undefined;
  }
}
