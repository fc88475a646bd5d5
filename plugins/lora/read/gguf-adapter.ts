import { GgufFault } from "../../../pipeline/gguf/fault.ts";
import { type Gguf, readGguf, type TensorShape } from "../../../pipeline/gguf/read.ts";
import { type Adapter, type Change, MAX_RANK, modelName } from "./adapter.ts";
import { AdapterFault } from "./fault.ts";

/** Bytes that may follow the last tensor: padding. */
const SPARE = 64 * 1024;
const PART = /^(.+)\.lora_([ab])$/;

interface Pair {
  a?: readonly number[];
  b?: readonly number[];
}

/** @throws AdapterFault */
export function readGgufAdapter(file: string): Adapter {
  const pairs = new Map<string, Pair>();
  const foreign: string[] = [];
  const gguf = read(file, ({ name, dimensions }) => {
    const [, base, part] = PART.exec(name) ?? [];
    if (base === undefined) foreign.push(name);
    else pairs.set(base, { ...pairs.get(base), [part as "a" | "b"]: dimensions });
  });
  const { metadata, usedBytes, fileBytes } = gguf;
  const text = (key: string) => {
    const value = metadata.get(key);
    return typeof value === "string" ? value : undefined;
  };
  if (text("general.type") !== "adapter") throw new AdapterFault("it is a model, not an adapter");
  if (text("adapter.type") !== "lora") throw new AdapterFault("it is an adapter of another kind than LoRA");
  if (foreign.length > 0) throw new AdapterFault("it holds tensors that are not LoRA's");
  if (pairs.size === 0) throw new AdapterFault("there is nothing in it");
  if (fileBytes > usedBytes + SPARE) throw new AdapterFault("it goes on after its last tensor");
  const alpha = metadata.get("adapter.lora.alpha");
  const organisation = text("general.base_model.0.organization");
  const base = text("general.base_model.0.name");
  return {
    kind: "gguf",
    title: text("general.name")?.slice(0, 200) ?? null,
    baseModel: modelName(text("general.base_model.0.repo_url")) ?? modelName(base && organisation ? `${organisation}/${base}` : base),
    architecture: text("general.architecture") ?? null,
    ...measured(pairs),
    alpha: typeof alpha === "number" && Number.isFinite(alpha) ? alpha : null,
    sizeBytes: fileBytes,
    config: null,
  };
}

function read(file: string, onTensor: (tensor: TensorShape) => void): Gguf {
  try {
    return readGguf(file, onTensor);
  } catch (error) {
    throw error instanceof GgufFault ? new AdapterFault(error.message) : error;
  }
}

/** ggml names the inner dimension first. An embedding's matrices are stored the other way round. */
function measured(pairs: ReadonlyMap<string, Pair>): { rank: number; changes: Map<string, Change> } {
  let rank = 0;
  const changes = new Map<string, Change>();
  for (const [name, { a, b }] of pairs) {
    if (a?.length !== 2 || b?.length !== 2) throw new AdapterFault("one of its matrices is missing or is no matrix");
    const turned = name.endsWith("token_embd.weight");
    const [inner, other] = turned ? [a[0], b[0]] : [a[1], b[0]];
    if (inner !== other || !(Number(inner) >= 1 && Number(inner) <= MAX_RANK)) throw new AdapterFault("the ranks of its matrices differ");
    rank = Math.max(rank, Number(inner));
    changes.set(name, turned ? { inputs: Number(b[1]), outputs: Number(a[1]) } : { inputs: Number(a[0]), outputs: Number(b[1]) });
  }
  return { rank, changes };
}
