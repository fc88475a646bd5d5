/** The adapters on this machine: what lies in one folder, and files elsewhere that a registry names. */
import { readdirSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { SynesisError } from "../../kernel/index.ts";
import { writePrivateFile } from "../../pipeline/private-file.ts";
import type { Adapter } from "./read/adapter.ts";
import { adapterFile, readAdapter } from "./read/read-adapter.ts";

export interface LocalAdapter {
  readonly name: string;
  /** The file with the tensors. */
  readonly path: string;
  readonly adapter: Adapter;
}

/** A file that looks like an adapter by its name and is none, and why. */
export interface RefusedAdapter {
  readonly name: string;
  readonly path: string;
  readonly reason: string;
}

/** What a name of an adapter may be, here and in the cloud. */
export const ADAPTER_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

export class LoraStore {
  readonly folder: string;

  constructor(home: string) {
    this.folder = join(home, "loras");
  }

  /** Every adapter, by name; of several with one name the first counts. */
  list(): { readonly adapters: readonly LocalAdapter[]; readonly refused: readonly RefusedAdapter[] } {
    const adapters: LocalAdapter[] = [];
    const refused: RefusedAdapter[] = [];
    for (const [name, path] of this.#places()) {
      try {
        adapters.push({ name, path, adapter: readAdapter(path) });
      } catch (error) {
        refused.push({ name, path, reason: error instanceof SynesisError ? error.message : "It cannot be read." });
      }
    }
    return { adapters, refused };
  }

  /** @throws SynesisError LORA_NOT_FOUND, LORA_INVALID */
  find(name: string): LocalAdapter {
    const path = this.#places().get(name);
    if (path === undefined || !statSync(path, { throwIfNoEntry: false })) throw notFound(name);
    return { name, path, adapter: readAdapter(path) };
  }

  /** Looks at a file or folder anywhere, and remembers it when it is an adapter. @throws SynesisError */
  register(given: string): LocalAdapter {
    const path = adapterFile(resolve(given));
    const adapter = readAdapter(path);
    const known = [...this.#places()].find(([, place]) => place === path);
    if (known) return { name: known[0], path, adapter };
    const name = this.#freeName(nameOf(path));
    this.#write({ ...this.#registered(), [name]: path });
    return { name, path, adapter };
  }

  /** Deletes what lies in the folder; what lies elsewhere is only forgotten. @throws SynesisError LORA_NOT_FOUND */
  remove(name: string): { readonly path: string; readonly deleted: boolean } {
    const path = this.#places().get(name);
    if (path === undefined) throw notFound(name);
    const { [name]: _, ...others } = this.#registered();
    const inside = !relative(this.folder, path).startsWith("..");
    if (!inside) this.#write(others);
    else this.#delete(path);
    return { path, deleted: inside };
  }

  #delete(path: string): void {
    rmSync(path);
    const folder = dirname(path);
    if (folder === this.folder) return;
    rmSync(join(folder, "adapter_config.json"), { force: true });
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  }

  #places(): Map<string, string> {
    const places = new Map<string, string>();
    for (const entry of entriesOf(this.folder).sort()) {
      const path = placeIn(this.folder, entry);
      const name = path && nameOf(path);
      if (name && !places.has(name)) places.set(name, path);
    }
    for (const [name, path] of Object.entries(this.#registered())) if (!places.has(name)) places.set(name, path);
    return places;
  }

  #freeName(wanted: string): string {
    const taken = this.#places();
    for (let n = 1; ; n++) {
      const name = n === 1 ? wanted : `${wanted.slice(0, 60)}-${n}`;
      if (!taken.has(name)) return name;
    }
  }

  get #file(): string {
    return join(this.folder, "registry.json");
  }

  #registered(): Record<string, string> {
    try {
      const value = JSON.parse(readFileSync(this.#file, "utf8")) as { paths?: unknown };
      const entries = typeof value.paths === "object" && value.paths !== null ? Object.entries(value.paths) : [];
      return Object.fromEntries(entries.filter(([name, path]) => ADAPTER_NAME.test(name) && typeof path === "string"));
    } catch {
      return {};
    }
  }

  #write(paths: Readonly<Record<string, string>>): void {
    writePrivateFile(this.#file, `${JSON.stringify({ paths }, null, 2)}\n`);
  }
}

/** A name made of the file's, or of its folder's where the file is named as they all are. */
export function nameOf(path: string): string {
  const file = basename(path).replace(/\.(?:gguf|safetensors)$/i, "");
  const own = /^adapter_model$/.test(file) ? basename(dirname(path)) : file;
  return (
    own
      .replace(/[^\w.-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "")
      .slice(0, 64) || "adapter"
  );
}

function placeIn(folder: string, entry: string): string | undefined {
  const path = join(folder, entry);
  if (/\.(?:gguf|safetensors)$/i.test(entry)) return path;
  const inner = join(path, "adapter_model.safetensors");
  return statSync(inner, { throwIfNoEntry: false })?.isFile() ? inner : undefined;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function notFound(name: string): SynesisError {
  return new SynesisError("LORA_NOT_FOUND", `(${name.slice(0, 80)})`);
}
