/**
 * Reads what a GGUF file says of itself, without trusting it: every count and length is bounded before it is used, and
 * nothing is held but the few values that are asked for.
 *
 * The format: magic, version, counts of tensors and of key-value pairs, the pairs, one description a tensor, padding, the
 * tensors' data. All numbers are little-endian.
 */
import { Cursor } from "./cursor.ts";
import { GgufFault } from "./fault.ts";
import { TENSOR_TYPES } from "./tensor-types.ts";

/** What a file says of itself under its keys; arrays are kept when they are short lists of numbers, else their length. */
export type Metadata = ReadonlyMap<string, Value>;
type Value = string | number | boolean | readonly number[] | { readonly length: number };

export interface Gguf {
  readonly metadata: Metadata;
  readonly fileBytes: number;
  /** Up to the end of the last tensor. */
  readonly usedBytes: number;
  /** All tensors' data together. */
  readonly tensorBytes: number;
  /** Numbers in all tensors: the model's parameters. */
  readonly parameters: number;
}

const MAGIC = 0x46554747; // "GGUF"
const MAX_DESCRIPTION_BYTES = 128 * 1024 * 1024;
const MAX_PAIRS = 65_536;
const MAX_TENSORS = 1_000_000;
const MAX_KEY_BYTES = 65_535;
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 4;
/** Lists of numbers up to this length are kept: one a layer, in some models. */
const MAX_KEPT = 1_024;

/** A tensor's name, and how many numbers it has along each of its dimensions, the innermost first. */
export interface TensorShape {
  readonly name: string;
  readonly dimensions: readonly number[];
}

/**
 * @param onTensor told of each tensor, in the file's order
 * @throws GgufFault when it is not a whole, well-formed GGUF file.
 */
export function readGguf(file: string, onTensor?: (tensor: TensorShape) => void): Gguf {
  const cursor = new Cursor(file, MAX_DESCRIPTION_BYTES);
  try {
    return read(cursor, onTensor);
  } finally {
    cursor.close();
  }
}

function read(cursor: Cursor, onTensor?: (tensor: TensorShape) => void): Gguf {
  if (cursor.fileBytes < 4 || cursor.u32() !== MAGIC) throw new GgufFault("it does not begin as one");
  const version = cursor.u32();
  if (version !== 2 && version !== 3) throw new GgufFault(`its version (${version}) is not known`);
  const tensors = bounded(cursor.u64(), MAX_TENSORS, "tensors");
  const pairs = bounded(cursor.u64(), MAX_PAIRS, "entries");
  const metadata = new Map<string, Value>();
  for (let i = 0; i < pairs; i++) metadata.set(cursor.string(MAX_KEY_BYTES), readValue(cursor, cursor.u32(), 0));
  return { metadata, fileBytes: cursor.fileBytes, ...readTensors(cursor, tensors, alignment(metadata), onTensor) };
}

function readTensors(
  cursor: Cursor,
  count: number,
  align: number,
  onTensor?: (tensor: TensorShape) => void,
): Pick<Gguf, "usedBytes" | "tensorBytes" | "parameters"> {
  let parameters = 0;
  let tensorBytes = 0;
  let end = 0;
  for (let i = 0; i < count; i++) {
    const { name, dimensions, elements, bytes, offset } = readTensor(cursor);
    onTensor?.({ name, dimensions });
    parameters += elements;
    tensorBytes += bytes;
    end = Math.max(end, offset + bytes);
  }
  const start = Math.ceil(cursor.position / align) * align;
  if (count > 0 && start + end > cursor.fileBytes)
    throw new GgufFault(`it is cut short: ${start + end} bytes belong to it, ${cursor.fileBytes} are there`);
  return { parameters, tensorBytes, usedBytes: start + end };
}

function readTensor(cursor: Cursor): TensorShape & { elements: number; bytes: number; offset: number } {
  const name = cursor.string(MAX_KEY_BYTES);
  const dimensions = Array.from({ length: bounded(cursor.u32(), 8, "dimensions") }, () => cursor.u64());
  const elements = dimensions.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(elements)) throw new GgufFault("a tensor in it is too large");
  const type = cursor.u32();
  const [block, size] = TENSOR_TYPES[type] ?? fail(`a tensor in it has an unknown type (${type})`);
  return { name, dimensions, elements, bytes: Math.ceil(elements / block) * size, offset: cursor.u64() };
}

function alignment(metadata: Metadata): number {
  const value = metadata.get("general.alignment") ?? 32;
  if (typeof value !== "number" || !(value >= 1 && value <= 1_048_576)) throw new GgufFault("its alignment is not usable");
  return value;
}

const TYPE = { string: 8, array: 9 };
/** Bytes of one value of each type, by the type's number. */
const WIDTHS: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];

function readValue(cursor: Cursor, type: number, depth: number): Value {
  if (type === TYPE.string) return cursor.string(MAX_TEXT_BYTES);
  if (type === TYPE.array) return readArray(cursor, depth);
  const readers = [cursor.u8, cursor.i8, cursor.u16, cursor.i16, cursor.u32, cursor.i32, cursor.f32, cursor.u8] as const;
  if (type === 7) return cursor.u8() !== 0;
  const reader = readers[type] ?? { 10: cursor.u64, 11: cursor.i64, 12: cursor.f64 }[type];
  return reader ? reader() : fail(`a value in it has an unknown type (${type})`);
}

function readArray(cursor: Cursor, depth: number): Value {
  if (depth >= MAX_DEPTH) throw new GgufFault("its lists are nested too deeply");
  const type = cursor.u32();
  const length = cursor.u64();
  const width = WIDTHS[type];
  if (width !== undefined && length > MAX_KEPT) cursor.skip(length * width);
  else if (width !== undefined) return Array.from({ length }, () => Number(readValue(cursor, type, depth)));
  else if (type === TYPE.string) for (let i = 0; i < length; i++) cursor.skip(cursor.u64());
  else if (type === TYPE.array) for (let i = 0; i < length; i++) readArray(cursor, depth + 1);
  else fail(`a list in it has an unknown type (${type})`);
  return { length };
}

function bounded(value: number, most: number, what: string): number {
  return value <= most ? value : fail(`it claims ${value} ${what}`);
}

function fail(reason: string): never {
  throw new GgufFault(reason);
}
