/** What the lora commands do with the adapters of this machine. */
import { SynesisError } from "../../kernel/index.ts";
import { assertFits } from "../../plugins/lora/fits-model.ts";
import { ADAPTER_NAME, type LocalAdapter, LoraStore } from "../../plugins/lora/store.ts";
import { ModelStore } from "../../plugins/models/store.ts";
import { type Config, setSetting } from "./config.ts";

/** An adapter in the form that scripts rely on; size in bytes. */
export interface AdapterView {
  readonly name: string;
  readonly kind: "gguf" | "safetensors" | null;
  readonly baseModel: string | null;
  readonly rank: number | null;
  readonly alpha: number | null;
  readonly bytes: number | null;
  readonly path: string;
  /** The settings name it. */
  readonly used: boolean;
  /** Why it cannot be used with anything; null when it can. */
  readonly fault: string | null;
}

export function listAdapters(home: string, config: Config): AdapterView[] {
  const { adapters, refused } = new LoraStore(home).list();
  const bare = { kind: null, baseModel: null, rank: null, alpha: null, bytes: null, used: false };
  return [
    ...adapters.map((one) => viewOf(one, config)),
    ...refused.map(({ name, path, reason }) => ({ ...bare, name, path, fault: reason })),
  ];
}

function viewOf({ name, path, adapter }: LocalAdapter, config: Config): AdapterView {
  const { kind, baseModel, rank, alpha, sizeBytes } = adapter;
  return { name, kind, baseModel, rank, alpha, bytes: sizeBytes, path, used: config.generator.lora === name, fault: null };
}

/**
 * Chooses an adapter by its name or its file, after a look whether the chosen model takes it.
 *
 * @throws SynesisError LORA_*, MODEL_*
 */
export function useAdapter(home: string, config: Config, given: string): AdapterView {
  const { kind, model } = config.generator;
  if (kind !== "llama")
    throw new SynesisError("LORA_UNUSABLE", `generator.kind is ${kind}.`, {
      next: "Choose a model file first: `synesis model use ID`. A server's adapter is set as `generator.lora`, by the server's name of it.",
    });
  const base = new ModelStore(home).find(model);
  if (!base) throw new SynesisError("MODEL_NOT_FOUND", `(${model || "generator.model is not set"})`);
  const found = findAdapter(home, given);
  assertFits(found.adapter, base.path);
  setSetting(home, "generator.lora", JSON.stringify(found.name));
  return { ...viewOf(found, config), used: true };
}

/** By name, or else by path, which is then remembered. @throws SynesisError LORA_NOT_FOUND, LORA_INVALID, PATH_NOT_FOUND */
function findAdapter(home: string, given: string): LocalAdapter {
  const store = new LoraStore(home);
  const isPath = /[\\/]|\.(?:gguf|safetensors)$/i.test(given);
  return isPath || !ADAPTER_NAME.test(given) ? store.register(given) : store.find(given);
}

export function useNoAdapter(home: string): void {
  setSetting(home, "generator.lora", '""');
}

/** Deletes an adapter of the folder, forgets one elsewhere; when it was in use, there is none afterwards. */
export function removeAdapter(home: string, config: Config, name: string): { path: string; deleted: boolean; wasUsed: boolean } {
  const removed = new LoraStore(home).remove(name);
  const wasUsed = config.generator.lora === name;
  if (wasUsed) useNoAdapter(home);
  return { ...removed, wasUsed };
}
