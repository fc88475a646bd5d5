/** The models that are on this machine: GGUF files in one folder, each with a note of where it came from. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../kernel/index.ts";
import { GgufFault } from "../../pipeline/gguf/fault.ts";
import { type Gguf, readGguf } from "../../pipeline/gguf/read.ts";
import type { Downloaded } from "./pull/download.ts";
import type { Source } from "./pull/source.ts";
import { type ModelShape, shapeOf } from "./shape.ts";

export interface InstalledModel {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
  /** Hex; null for a file that was put here by hand. */
  readonly sha256: string | null;
}

/** What is written beside a model's file. */
interface Note {
  readonly id: string;
  /** The address without what follows a question mark, which may be a secret. */
  readonly source: string;
  readonly sha256: string;
}

export class ModelStore {
  readonly folder: string;

  constructor(home: string) {
    this.folder = join(home, "models");
  }

  list(): InstalledModel[] {
    return fileNames(this.folder)
      .filter((name) => /\.gguf$/i.test(name))
      .sort()
      .map((name) => {
        const path = join(this.folder, name);
        const note = readNote(path);
        return {
          id: note?.id ?? name.slice(0, -".gguf".length).toLowerCase(),
          path,
          bytes: statSync(path).size,
          sha256: note?.sha256 ?? null,
        };
      });
  }

  /** By its id, or by its file's name with or without the ending. */
  find(name: string): InstalledModel | undefined {
    const wanted = name.toLowerCase();
    const models = this.list();
    return (
      models.find(({ id }) => id === wanted) ??
      models.find(({ path }) => [`/${wanted}`, `/${wanted}.gguf`].some((end) => path.toLowerCase().endsWith(end)))
    );
  }

  /** Where the file of a source goes. */
  pathOf({ fileName }: Source): string {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    return join(this.folder, fileName);
  }

  note(source: Source, { sha256 }: Downloaded): void {
    const note: Note = { id: source.id, source: source.url.split(/[?#]/)[0] ?? "", sha256 };
    writeFileSync(`${this.pathOf(source)}.json`, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
  }

  /** @throws SynesisError MODEL_NOT_FOUND */
  remove(name: string): InstalledModel {
    const model = this.find(name);
    if (!model)
      throw new SynesisError("MODEL_NOT_FOUND", `(${name.slice(0, 80)})`, { next: "`synesis model list` shows what is on this machine." });
    rmSync(model.path);
    rmSync(`${model.path}.json`, { force: true });
    return model;
  }
}

/** What a model's file says of itself. @throws SynesisError MODEL_INVALID */
export function inspectModel(path: string): Gguf & { readonly shape: ModelShape } {
  try {
    const gguf = readGguf(path);
    return { ...gguf, shape: shapeOf(gguf) };
  } catch (error) {
    if (error instanceof GgufFault) throw new SynesisError("MODEL_INVALID", `Reason: ${error.message}.`, { cause: error });
    throw error;
  }
}

function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readNote(path: string): Note | undefined {
  try {
    const { id, source, sha256 } = JSON.parse(readFileSync(`${path}.json`, "utf8")) as Partial<Note>;
    return typeof id === "string" && typeof source === "string" && typeof sha256 === "string" ? { id, source, sha256 } : undefined;
  } catch {
    return undefined;
  }
}
