/** Writes a Llama model of a megabyte with random weights, and an adapter for it: what it says has no sense, all else is real. */
import { writeFileSync } from "node:fs";
import { type Entry, ggufBytes, type Tensor } from "../../plugins/models/gguf/write.fixture.ts";

const EMBEDDING = 64;
const LAYERS = 2;
const HEADS = 4;
const KV_HEADS = 2;
const FEED = 128;
const RANK = 4;
const HEAD = EMBEDDING / HEADS;
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
  const next = noise(7);
  const entries: Entry[] = [
    ...SHARED,
    ["general.name", "string", "Tiny"],
    ["general.file_type", "u32", 0],
    ["llama.context_length", "u32", 4096],
    ["llama.block_count", "u32", LAYERS],
    ["llama.embedding_length", "u32", EMBEDDING],
    ["llama.feed_forward_length", "u32", FEED],
    ["llama.rope.dimension_count", "u32", HEAD],
    ["llama.attention.head_count", "u32", HEADS],
    ["llama.attention.head_count_kv", "u32", KV_HEADS],
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
  const layers = Array.from({ length: LAYERS }, (_, i) => {
    const weight = (name: string, dimensions: number[], scale = 0.2, base = 0) =>
      tensor(next, `blk.${i}.${name}.weight`, dimensions, scale, base);
    return [
      weight("attn_norm", [EMBEDDING], 0, 1),
      weight("attn_q", [EMBEDDING, EMBEDDING]),
      weight("attn_k", [EMBEDDING, HEAD * KV_HEADS]),
      weight("attn_v", [EMBEDDING, HEAD * KV_HEADS]),
      weight("attn_output", [EMBEDDING, EMBEDDING]),
      weight("ffn_norm", [EMBEDDING], 0, 1),
      weight("ffn_gate", [EMBEDDING, FEED]),
      weight("ffn_up", [EMBEDDING, FEED]),
      weight("ffn_down", [FEED, EMBEDDING]),
    ];
  }).flat();
  const output = tensor(next, "output.weight", [EMBEDDING, TOKENS.length], 0.5);
  // Bytes and control tokens are hardly ever said: half a character would end a text early.
  const letters = BYTES.length + 3;
  output.data.subarray(0, EMBEDDING * letters).forEach((value, i, part) => {
    part[i] = value * 0.05;
  });
  const tensors = [
    tensor(next, "token_embd.weight", [EMBEDDING, TOKENS.length], 1),
    ...layers,
    tensor(next, "output_norm.weight", [EMBEDDING], 0, 1),
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
  const tensors = Array.from({ length: LAYERS }, (_, i) => [
    tensor(next, `blk.${i}.attn_q.weight.lora_a`, [EMBEDDING, RANK], 1),
    tensor(next, `blk.${i}.attn_q.weight.lora_b`, [RANK, EMBEDDING], 1),
    tensor(next, `blk.${i}.ffn_down.weight.lora_a`, [FEED, RANK], 1),
    tensor(next, `blk.${i}.ffn_down.weight.lora_b`, [RANK, EMBEDDING], 1),
  ]).flat();
  writeFileSync(file, ggufBytes(entries, tensors));
}
