/** Writes GGUF files for tests: whole ones, and parts of which wrong ones are put together. */

export type Entry = readonly [key: string, type: keyof typeof TYPES, value: unknown, of?: keyof typeof TYPES];

export interface Tensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** F32 numbers, as many as the dimensions multiply to. */
  readonly data: Float32Array;
}

const TYPES = { u8: 0, i8: 1, u16: 2, i16: 3, u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9, u64: 10, i64: 11, f64: 12 } as const;
const ALIGN = 32;

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function scalar(type: keyof typeof TYPES, value: unknown): Buffer {
  const bytes = Buffer.alloc(8);
  const number = Number(value);
  if (type === "string") return text(String(value));
  if (type === "u8" || type === "bool") return Buffer.from([number]);
  if (type === "i8") bytes.writeInt8(number);
  else if (type === "u16") bytes.writeUInt16LE(number);
  else if (type === "i16") bytes.writeInt16LE(number);
  else if (type === "u32") bytes.writeUInt32LE(number);
  else if (type === "i32") bytes.writeInt32LE(number);
  else if (type === "f32") bytes.writeFloatLE(number);
  else if (type === "f64") bytes.writeDoubleLE(number);
  else if (type === "u64") bytes.writeBigUInt64LE(BigInt(number));
  else if (type === "i64") bytes.writeBigInt64LE(BigInt(number));
  return bytes.subarray(0, { i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4 }[type as "i8"] ?? 8);
}

export function entry([key, type, value, of = "string"]: Entry): Buffer {
  if (type !== "array") return Buffer.concat([text(key), u32(TYPES[type]), scalar(type, value)]);
  const items = value as readonly unknown[];
  return Buffer.concat([text(key), u32(TYPES.array), u32(TYPES[of]), u64(items.length), ...items.map((item) => scalar(of, item))]);
}

export function header(tensors: number | bigint, entries: number | bigint, version = 3): Buffer {
  return Buffer.concat([Buffer.from("GGUF"), u32(version), u64(tensors), u64(entries)]);
}

const padding = (length: number) => Buffer.alloc((ALIGN - (length % ALIGN)) % ALIGN);

export function ggufBytes(entries: readonly Entry[], tensors: readonly Tensor[] = []): Buffer {
  let offset = 0;
  const infos: Buffer[] = [];
  const data: Buffer[] = [];
  for (const { name, dimensions, data: numbers } of tensors) {
    infos.push(Buffer.concat([text(name), u32(dimensions.length), ...dimensions.map(u64), u32(0), u64(offset)]));
    const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    data.push(bytes, padding(bytes.length));
    offset += bytes.length + padding(bytes.length).length;
  }
  const description = Buffer.concat([header(tensors.length, entries.length), ...entries.map(entry), ...infos]);
  return Buffer.concat([description, ...(tensors.length > 0 ? [padding(description.length)] : []), ...data]);
}

/** What a small Llama says of itself. */
export const LLAMA_ENTRIES: readonly Entry[] = [
  ["general.architecture", "string", "llama"],
  ["general.name", "string", "Tiny"],
  ["llama.context_length", "u32", 2048],
  ["llama.block_count", "u32", 2],
  ["llama.embedding_length", "u32", 64],
  ["llama.attention.head_count", "u32", 4],
  ["llama.attention.head_count_kv", "u32", 2],
  ["tokenizer.ggml.tokens", "array", ["<s>", "</s>", "a", "b"]],
];

/** A whole file that is no use to llama.cpp, but well-formed. */
export const smallGguf = (): Buffer =>
  ggufBytes(LLAMA_ENTRIES, [
    { name: "a", dimensions: [64, 4], data: new Float32Array(256) },
    { name: "b", dimensions: [3], data: new Float32Array(3) },
  ]);
