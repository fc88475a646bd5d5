/** Reads what a safetensors file says of itself: 8 bytes of length, so many bytes of JSON, and the tensors' data. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { AdapterFault } from "./fault.ts";

export interface SafeTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface SafeTensors {
  readonly tensors: readonly SafeTensor[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly fileBytes: number;
}

/** An adapter has some thousands of tensors, of some hundred bytes each. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
const MAX_TENSORS = 100_000;
const WIDTHS: Readonly<Record<string, number>> = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** @throws AdapterFault when it is not a whole, well-formed file of this form */
export function readSafetensors(file: string): SafeTensors {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    if (size < 10) throw new AdapterFault(size === 0 ? "it is empty" : "it does not begin as one");
    const length = Number(bytesAt(fd, 0, 8).readBigUInt64LE());
    if (length > size - 8) throw new AdapterFault("it is cut short, or does not begin as one");
    if (length > MAX_HEADER_BYTES) throw new AdapterFault("its description is too long");
    return { ...parse(bytesAt(fd, 8, length), size - 8 - length), fileBytes: size };
  } finally {
    closeSync(fd);
  }
}

function bytesAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let have = 0;
  while (have < length) {
    const read = readSync(fd, bytes, have, length - have, position + have);
    if (read === 0) throw new AdapterFault("it is cut short");
    have += read;
  }
  return bytes;
}

/** Tensors lie one after another, without holes, to the end of the file. */
function parse(header: Buffer, dataBytes: number): Omit<SafeTensors, "fileBytes"> {
  const { __metadata__: metadata, ...entries } = object(json(header));
  const names = Object.keys(entries);
  if (names.length > MAX_TENSORS) throw new AdapterFault(`it claims ${names.length} tensors`);
  const placed = names.map((name) => place(name, entries[name])).sort((a, b) => a.start - b.start);
  let end = 0;
  for (const { start, bytes } of placed) {
    if (start !== end) throw new AdapterFault("its tensors overlap or leave holes");
    end += bytes;
  }
  if (end > dataBytes) throw new AdapterFault(`it is cut short: ${end} bytes belong to it, ${dataBytes} are there`);
  if (end < dataBytes) throw new AdapterFault("it goes on after its last tensor");
  return { tensors: placed.map(({ name, shape }) => ({ name, shape })), metadata: metadata === undefined ? {} : object(metadata) };
}

function place(name: string, entry: unknown): SafeTensor & { readonly start: number; readonly bytes: number } {
  const { dtype, shape, data_offsets: offsets } = object(entry);
  const width = typeof dtype === "string" && Object.hasOwn(WIDTHS, dtype) ? WIDTHS[dtype] : undefined;
  if (width === undefined) throw new AdapterFault("a tensor in it has an unknown type");
  if (!isCounts(shape) || shape.length > 8 || !isCounts(offsets) || offsets.length !== 2)
    throw new AdapterFault("a tensor in it has no usable size");
  const [start = 0, end = 0] = offsets;
  if (end - start !== shape.reduce((product, size) => product * size, width))
    throw new AdapterFault("a tensor in it is not as large as it claims");
  return { name, shape, start, bytes: end - start };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new AdapterFault("its description cannot be read");
  }
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new AdapterFault("its description cannot be read");
  return value as Record<string, unknown>;
}
