/** Writes Llama models with random weights, and an adapter for the tiny one: what they say has no sense, all else is real. */
import { writeFileSync } from "node:fs";
import { type Entry, ggufBytes, type Tensor } from "../../pipeline/gguf/write.fixture.ts";

/** What decides how large a model is. */
export interface Shape {
  readonly embedding: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feed: number;
}

/** A megabyte. */
export const TINY: Shape = { embedding: 64, layers: 2, heads: 4, kvHeads: 2, feed: 128 };
/** 75 megabytes: large enough that computing it takes longer than all that is around it. */
export const SMALL: Shape = { embedding: 512, layers: 6, heads: 8, kvHeads: 4, feed: 1536 };
const RANK = 4;
const LETTERS = "▁etaoinshrdlucmfwypvbgkqjxzETAOIN,.?!0123456789";

const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
const TOKENS = ["<unk>", "<s>", "</s>", ...BYTES, ...LETTERS];
/** llama.cpp's kinds: 1 normal, 2 unknown, 3 control, 6 byte. */
const KINDS = [2, 3, 3, ...BYTES.map(() => 6), ...Array.from(LETTERS, () => 1)];

/** Numbers that look random and are the same each time. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function tensor(next: () => number, name: string, dimensions: readonly number[], scale: number, base = 0): Tensor {
  const data = Float32Array.from({ length: dimensions.reduce((a, b) => a * b, 1) }, () => base + scale * next());
  return { name, dimensions, data };
}

const SHARED: readonly Entry[] = [["general.architecture", "string", "llama"]];

export function writeTinyModel(file: string): void {
  writeRandomModel(file, TINY);
}

export function writeRandomModel(file: string, { embedding, layers, heads, kvHeads, feed }: Shape): void {
  const head = embedding / heads;
  const next = noise(7);
  const entries: Entry[] = [
    ...SHARED,
    ["general.name", "string", "Tiny"],
    ["general.file_type", "u32", 0],
    ["llama.context_length", "u32", 4096],
    ["llama.block_count", "u32", layers],
    ["llama.embedding_length", "u32", embedding],
    ["llama.feed_forward_length", "u32", feed],
    ["llama.rope.dimension_count", "u32", head],
    ["llama.attention.head_count", "u32", heads],
    ["llama.attention.head_count_kv", "u32", kvHeads],
    ["llama.attention.layer_norm_rms_epsilon", "f32", 1e-5],
    ["llama.vocab_size", "u32", TOKENS.length],
    ["tokenizer.ggml.model", "string", "llama"],
    ["tokenizer.ggml.tokens", "array", TOKENS, "string"],
    ["tokenizer.ggml.scores", "array", TOKENS.map((_, i) => -i), "f32"],
    ["tokenizer.ggml.token_type", "array", KINDS, "i32"],
    ["tokenizer.ggml.unknown_token_id", "u32", 0],
    ["tokenizer.ggml.bos_token_id", "u32", 1],
    ["tokenizer.ggml.eos_token_id", "u32", 2],
  ];
  const blocks = Array.from({ length: layers }, (_, i) => {
    const weight = (name: string, dimensions: number[], scale = 1.6 / Math.sqrt(embedding), base = 0) =>
      tensor(next, `blk.${i}.${name}.weight`, dimensions, scale, base);
    return [
      weight("attn_norm", [embedding], 0, 1),
      weight("attn_q", [embedding, embedding]),
      weight("attn_k", [embedding, head * kvHeads]),
      weight("attn_v", [embedding, head * kvHeads]),
      weight("attn_output", [embedding, embedding]),
      weight("ffn_norm", [embedding], 0, 1),
      weight("ffn_gate", [embedding, feed]),
      weight("ffn_up", [embedding, feed]),
      weight("ffn_down", [feed, embedding]),
    ];
  }).flat();
  const output = tensor(next, "output.weight", [embedding, TOKENS.length], 4 / Math.sqrt(embedding));
  // Bytes and control tokens are hardly ever said: half a character would end a text early.
  const letters = BYTES.length + 3;
  output.data.subarray(0, embedding * letters).forEach((value, i, part) => {
    part[i] = value * 0.05;
  });
  const tensors = [
    tensor(next, "token_embd.weight", [embedding, TOKENS.length], 1),
    ...blocks,
    tensor(next, "output_norm.weight", [embedding], 0, 1),
    output,
  ];
  writeFileSync(file, ggufBytes(entries, tensors));
}

export function writeTinyAdapter(file: string): void {
  const next = noise(99);
  const entries: Entry[] = [
    ...SHARED,
    ["general.type", "string", "adapter"],
    ["adapter.type", "string", "lora"],
    ["adapter.lora.alpha", "f32", RANK],
  ];
  const tensors = Array.from({ length: TINY.layers }, (_, i) => [
    tensor(next, `blk.${i}.attn_q.weight.lora_a`, [TINY.embedding, RANK], 1),
    tensor(next, `blk.${i}.attn_q.weight.lora_b`, [RANK, TINY.embedding], 1),
    tensor(next, `blk.${i}.ffn_down.weight.lora_a`, [TINY.feed, RANK], 1),
    tensor(next, `blk.${i}.ffn_down.weight.lora_b`, [RANK, TINY.embedding], 1),
  ]).flat();
  writeFileSync(file, ggufBytes(entries, tensors));
}
