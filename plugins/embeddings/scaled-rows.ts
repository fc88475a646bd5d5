import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { add, advance, assemble, get, load32, type Memory, newMemory, repeat, reserve, set, simd } from "../../pipeline/wasm.ts";

const [TOKENS, COUNT, STEPS, OUT, SCALE, BYTES, SUMS, LEFT, TOKEN, OFFSET, ROW] = [0, 1, 2, 3, 4, 5, 6, 14, 15, 16, 17];

/** Dimensions that are added up at once, in eight sums of four, and those whose bytes are read together. */
const STEP = 32;
const READ = 8;

/** Where in a file the rows, in signed bytes, and their scales, in floats, begin. */
export interface ScaledRowsLayout {
  readonly count: number;
  readonly dimensions: number;
  /** Rows that are added up at most. */
  readonly most: number;
  readonly table: number;
  readonly scales: number;
}

/** A table of rows of bytes, each with a scale, of which some are added up with SIMD. The file is read to where it is used. */
export class ScaledRows {
  readonly #layout: ScaledRowsLayout;
  readonly #memory = newMemory();
  readonly #scales: DataView;
  readonly #add: (...args: number[]) => void;
  readonly #tokens: DataView;
  readonly #out: Float32Array;

  /** @throws Error when there is no such file, or it ends before the rows or scales do. */
  constructor(file: string, layout: ScaledRowsLayout) {
    const { count, dimensions, most, table, scales } = layout;
    this.#layout = layout;
    const length = readInto(this.#memory, file);
    if (length < Math.max(table + count * dimensions, scales + 4 * count)) throw new Error(`${file} is shorter than its meta.json says`);
    const padded = Math.ceil(dimensions / STEP) * STEP;
    const tokens = Math.ceil((length + padded) / 16) * 16; // the last row may be read beyond its end
    const out = tokens + Math.ceil((8 * most) / 16) * 16;
    reserve(this.#memory, out + 4 * padded);
    const { buffer } = this.#memory; // grows no more
    this.#scales = new DataView(buffer, scales);
    this.#tokens = new DataView(buffer, tokens, 8 * most);
    this.#out = new Float32Array(buffer, out, dimensions);
    this.#add = assemble(this.#memory, 4, { v128: 10, i32: 4 }, ...adding());
  }

  /** The sum of some rows, each by its scale. */
  sum(rows: readonly number[]): Float32Array {
    const { dimensions, table } = this.#layout;
    if (rows.length === 0) return new Float32Array(dimensions);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      this.#tokens.setInt32(8 * i, table + row * dimensions, true);
      this.#tokens.setInt32(8 * i + 4, this.#scales.getInt32(4 * row, true), true); // the bits of a float
    }
    this.#add(this.#tokens.byteOffset, rows.length, Math.ceil(dimensions / STEP), this.#out.byteOffset);
    return this.#out.slice();
  }
}

/** Step by step of dimensions: of each token its address and its scale, eight bytes. */
function adding(): readonly (readonly number[])[] {
  const sums = Array.from({ length: STEP / 4 }, (_, i) => SUMS + i);
  const addTo = (sum: number, extended: readonly number[]) =>
    [get(BYTES), extended, simd.floats, get(SCALE), simd.multiplyFloats, get(sum), simd.addFloats, set(sum)].flat();
  const read = (at: number) => [
    ...[get(ROW), simd.loadBytesAt(READ * at), set(BYTES)],
    ...[addTo(SUMS + 2 * at, simd.extendLow16), addTo(SUMS + 2 * at + 1, simd.extendHigh16)],
  ];
  return [
    repeat(
      STEPS,
      ...sums.flatMap((sum) => [simd.zero, set(sum)]),
      ...[get(COUNT), set(LEFT), get(TOKENS), set(TOKEN)],
      repeat(
        LEFT,
        ...[get(TOKEN), load32, get(OFFSET), add, set(ROW), get(TOKEN), simd.splat32At(4), set(SCALE)],
        ...Array.from({ length: STEP / READ }, (_, at) => read(at)).flat(),
        advance(TOKEN, 8),
      ),
      ...sums.flatMap((sum, i) => [get(OUT), get(sum), simd.storeAt(16 * i)]),
      ...[advance(OUT, 4 * STEP), advance(OFFSET, STEP)],
    ),
  ];
}

/** Returns the length of the file. */
function readInto(memory: Memory, file: string): number {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    reserve(memory, size);
    const bytes = new Uint8Array(memory.buffer, 0, size);
    for (let read = 0; read < size; ) {
      const count = readSync(descriptor, bytes, read, size - read, null);
      if (count === 0) throw new Error(`${file} became shorter while it was read`);
      read += count;
    }
    return size;
  } finally {
    closeSync(descriptor);
  }
}
