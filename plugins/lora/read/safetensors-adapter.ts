import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Adapter, type AdapterConfig, type Change, MAX_RANK, modelName } from "./adapter.ts";
import { AdapterFault } from "./fault.ts";
import { readSafetensors } from "./safetensors.ts";

const PART = /^(.+)\.lora_(?:embedding_)?([AB])(?:\.\w+)?(?:\.weight)?$/;
const MAX_CONFIG_BYTES = 64 * 1024;
const MAX_MODULES = 200;

/** Reads the file, and adapter_config.json beside it where the two are named as PEFT names them. @throws AdapterFault */
export function readSafetensorsAdapter(file: string): Adapter {
  const { tensors, fileBytes } = readSafetensors(file);
  const { rank, changes } = measured(tensors);
  const own = /^adapter_model\b/.test(basename(file)) ? readConfig(join(dirname(file), "adapter_config.json")) : undefined;
  const config = own && usable(own, rank);
  return {
    kind: "safetensors",
    title: null,
    baseModel: modelName(own?.["base_model_name_or_path"]),
    architecture: null,
    rank,
    alpha: config?.lora_alpha ?? null,
    sizeBytes: fileBytes,
    changes,
    config: config ?? null,
  };
}

/** PEFT's matrices: A has rank × inputs numbers, B outputs × rank; those of an embedding are the other way round. */
function measured(tensors: readonly { readonly name: string; readonly shape: readonly number[] }[]): {
  rank: number;
  changes: Map<string, Change>;
} {
  const pairs = new Map<string, { a?: readonly number[]; b?: readonly number[] }>();
  for (const { name, shape } of tensors) {
    const [, base = "", part] = PART.exec(name) ?? [];
    if (part !== undefined) pairs.set(base, { ...pairs.get(base), [part === "A" ? "a" : "b"]: shape });
  }
  if (pairs.size === 0) throw new AdapterFault("there is no LoRA in it: it is a model, or something else");
  let rank = 0;
  const changes = new Map<string, Change>();
  for (const [name, { a, b }] of pairs) {
    if (a?.length !== 2 || b?.length !== 2) throw new AdapterFault("one of its matrices is missing or is no matrix");
    if (a[0] !== b[1] || !(Number(a[0]) >= 1 && Number(a[0]) <= MAX_RANK)) throw new AdapterFault("the ranks of its matrices differ");
    rank = Math.max(rank, Number(a[0]));
    changes.set(name, { inputs: Number(a[1]), outputs: Number(b[0]) });
  }
  return { rank, changes };
}

function readConfig(file: string): Record<string, unknown> | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  if (stat.size > MAX_CONFIG_BYTES) throw new AdapterFault("adapter_config.json beside it is too large");
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {}
  throw new AdapterFault("adapter_config.json beside it cannot be read");
}

/** The part of the configuration that is passed on: numbers and names of modules, nothing else. */
function usable(own: Readonly<Record<string, unknown>>, rank: number): AdapterConfig {
  const { peft_type, r, lora_alpha, target_modules, rank_pattern } = own;
  if (peft_type !== undefined && peft_type !== "LORA") throw new AdapterFault("it is an adapter of another kind than LoRA");
  const varied = typeof rank_pattern === "object" && rank_pattern !== null && Object.keys(rank_pattern).length > 0;
  if (typeof r !== "number" || (r !== rank && !varied)) throw new AdapterFault("adapter_config.json beside it tells another rank");
  const modules = typeof target_modules === "string" ? [target_modules] : target_modules;
  const named =
    Array.isArray(modules) && modules.length <= MAX_MODULES && modules.every((one) => typeof one === "string" && one.length <= 500);
  if (!named || typeof lora_alpha !== "number" || !Number.isFinite(lora_alpha))
    throw new AdapterFault("adapter_config.json beside it does not say what is needed");
  return {
    r,
    lora_alpha,
    target_modules: target_modules as string | string[],
    ...(own["use_rslora"] === true && { use_rslora: true }),
    ...(own["use_dora"] === true && { use_dora: true }),
  };
}
