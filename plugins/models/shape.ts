/** The sizes of a model that decide how much memory it takes. */
import { GgufFault } from "../../pipeline/gguf/fault.ts";
import type { Gguf } from "../../pipeline/gguf/read.ts";

export interface ModelShape {
  /** Bytes of all weights. */
  readonly weights: number;
  readonly layers: number;
  readonly embedding: number;
  readonly heads: number;
  /** Heads whose keys and values are kept, summed over the layers. */
  readonly cachedHeads: number;
  /** Numbers in one head's key, and in its value. */
  readonly keyLength: number;
  readonly valueLength: number;
  readonly vocabulary: number;
  /** Tokens that the model was made for. */
  readonly context: number;
  /** Of models most of whose layers look back only so far: how far, and which n-th layer looks at all. */
  readonly window?: { readonly tokens: number; readonly every: number };
}

/** Which n-th layer sees the whole context, in families that do not say so in their files. */
const WINDOW_EVERY: Readonly<Record<string, number>> = { gemma2: 2, gemma3: 6 };

/** @throws GgufFault when the file is an adapter, or does not say what is needed. */
export function shapeOf({ metadata, tensorBytes }: Gguf): ModelShape {
  const architecture = metadata.get("general.architecture");
  if (typeof architecture !== "string") throw new GgufFault("it does not say what kind of model it is");
  if (metadata.get("general.type") === "adapter") throw new GgufFault("it is an adapter, not a model");
  const find = (key: string) => metadata.get(`${architecture}.${key}`);
  const number = (key: string, otherwise?: number) => positive(find(key) ?? otherwise, `${architecture}.${key}`);
  const layers = number("block_count");
  const embedding = number("embedding_length");
  const heads = largest(find("attention.head_count"), `${architecture}.attention.head_count`);
  const head = Math.floor(embedding / heads);
  const tokens = find("attention.sliding_window");
  const every = WINDOW_EVERY[architecture];
  return {
    weights: tensorBytes,
    layers,
    embedding,
    heads,
    cachedHeads: total(find("attention.head_count_kv") ?? heads, layers),
    keyLength: number("attention.key_length", head),
    valueLength: number("attention.value_length", head),
    vocabulary: vocabulary(find("vocab_size"), metadata.get("tokenizer.ggml.tokens")),
    context: number("context_length"),
    ...(typeof tokens === "number" && tokens > 0 && every !== undefined ? { window: { tokens, every } } : {}),
  };
}

const LARGEST = 1e9;

function positive(value: unknown, key: string): number {
  if (typeof value !== "number" || !(value >= 1 && value <= LARGEST)) throw new GgufFault(`${key} is missing or wrong`);
  return value;
}

function largest(value: unknown, key: string): number {
  return positive(Array.isArray(value) ? Math.max(0, ...(value as number[])) : value, key);
}

/** Some models have another number of heads in each layer, none in a layer without attention. */
function total(value: unknown, layers: number): number {
  const sum = Array.isArray(value) ? (value as number[]).reduce((all, each) => all + Math.max(0, each), 0) : Number(value) * layers;
  return positive(sum, "attention.head_count_kv");
}

function vocabulary(size: unknown, tokens: unknown): number {
  if (typeof size === "number") return positive(size, "vocab_size");
  const length = typeof tokens === "object" && tokens !== null && "length" in tokens ? tokens.length : 0;
  return typeof length === "number" && length <= LARGEST ? length : 0;
}
