import { advance, assemble, get, i32, newMemory, repeat, reserve, set, simd } from "../../pipeline/wasm.ts";

const [BLOCKS, TABLES, BITS, OUT, LOW, HIGH, MASK, ROWS, SUM] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** Rows that are compared at once: a byte of each. */
const BLOCK = 16;
/** The greatest value in a table, of which two fit into a byte, and the greatest sum of a row. */
const MOST = 127;
const MOST_OF_ROW = 65_535;

/** A number is great from this share of the mean size on; then it counts so many times as much as a small one. */
const GREAT = 0.98;
const GREATER = 3.3;

/**
 * Vectors of unit length in two bits a dimension, its sign and whether it is great: a first look at very many of them. Of
 * 100,000, the first 2,000 hold all of the nearest ten; by signs alone, the question's too, 10,000 hold .95 of them.
 * Two dimensions of a row choose one of 16 sums, which are made once a question, of the question's exact numbers.
 * Rows are kept in the order of adding, 16 together: first the first byte of each, then the second.
 */
export class CoarseRows {
  readonly #rowBytes: number;
  readonly #great: number;
  readonly #most: number;
  readonly #memory = newMemory();
  readonly #scan: (...args: number[]) => void;
  #rows = 0;

  constructor(dimensions: number) {
    this.#rowBytes = Math.ceil(dimensions / 4);
    this.#most = Math.min(MOST, Math.floor(MOST_OF_ROW / (2 * this.#rowBytes)));
    this.#great = GREAT / Math.sqrt(dimensions);
    const ofByte = (at: number) => [
      ...[get(BITS), simd.loadAt(16 * at), set(ROWS)],
      ...[get(TABLES), simd.loadAt(32 * at), get(ROWS), get(MASK), simd.and, simd.swizzle],
      ...[get(TABLES), simd.loadAt(32 * at + 16), get(ROWS), i32(4), simd.shiftRight8, simd.swizzle, simd.add8, set(SUM)],
      ...[get(LOW), get(SUM), simd.extendLowUnsigned8, simd.add16, set(LOW)],
      ...[get(HIGH), get(SUM), simd.extendHighUnsigned8, simd.add16, set(HIGH)],
    ];
    this.#scan = assemble(
      this.#memory,
      4,
      { v128: 5, i32: 0 },
      ...[i32(15), simd.splat8, set(MASK)],
      repeat(
        BLOCKS,
        ...[simd.zero, set(LOW), simd.zero, set(HIGH)],
        ...Array.from({ length: this.#rowBytes }, (_, at) => ofByte(at)).flat(),
        ...[get(OUT), get(LOW), simd.storeAt(0), get(OUT), get(HIGH), simd.storeAt(16)],
        ...[advance(OUT, 2 * BLOCK), advance(BITS, BLOCK * this.#rowBytes)],
      ),
    );
  }

  add(vector: Float32Array): void {
    const bytes = this.#nextBlock();
    for (let i = 0; i < vector.length; i++) {
      const at = (i >> 2) * BLOCK + (this.#rows % BLOCK);
      const x = vector[i] as number;
      bytes[at] = (bytes[at] as number) | (((x > 0 ? 1 : 0) + (Math.abs(x) >= this.#great ? 2 : 0)) << (2 * (i & 3)));
    }
    this.#rows++;
  }

  /** All rows, to be added to others by `addCopy`. */
  copy(): Uint8Array<ArrayBuffer> {
    const blocks = Math.ceil(this.#rows / BLOCK);
    return new Uint8Array(this.#memory.buffer, this.#at(0), blocks * BLOCK * this.#rowBytes).slice();
  }

  addCopy(rows: Uint8Array, count: number): void {
    if (this.#rows % BLOCK === 0) {
      reserve(this.#memory, this.#at(this.#rows) + rows.length);
      new Uint8Array(this.#memory.buffer, this.#at(this.#rows), rows.length).set(rows);
      this.#rows += count;
      return;
    }
    for (let row = 0; row < count; row++, this.#rows++) {
      const bytes = this.#nextBlock();
      const from = (row - (row % BLOCK)) * this.#rowBytes + (row % BLOCK);
      for (let i = 0, at = this.#rows % BLOCK; i < this.#rowBytes; i++, at += BLOCK) bytes[at] = rows[from + i * BLOCK] as number;
    }
  }

  /** The block that the next row is in; empty where it is the first, since a search leaves its scores behind the rows. */
  #nextBlock(): Uint8Array {
    const block = this.#rows - (this.#rows % BLOCK);
    reserve(this.#memory, this.#at(block + BLOCK));
    const bytes = new Uint8Array(this.#memory.buffer, this.#at(block), BLOCK * this.#rowBytes);
    return block === this.#rows ? bytes.fill(0) : bytes;
  }

  /** The rows of about `count` nearest, more where the last are equally near, in order of adding. */
  nearest(vector: Float32Array, count: number): Int32Array {
    const scores = this.#scores(vector);
    const histogram = new Uint32Array(2 * this.#most * this.#rowBytes + 1);
    for (let row = 0; row < scores.length; row++) histogram[scores[row] as number] = (histogram[scores[row] as number] as number) + 1;
    let limit = histogram.length - 1;
    let found = histogram[limit] as number;
    while (found < count && limit > 0) found += histogram[--limit] as number;
    const rows = new Int32Array(found);
    for (let row = 0, at = 0; row < scores.length; row++) if ((scores[row] as number) >= limit) rows[at++] = row;
    return rows;
  }

  #scores(vector: Float32Array): Uint16Array {
    const blocks = Math.ceil(this.#rows / BLOCK);
    const out = this.#at(blocks * BLOCK);
    reserve(this.#memory, out + 2 * BLOCK * blocks);
    new Uint8Array(this.#memory.buffer, 0, 32 * this.#rowBytes).set(tables(vector, 2 * this.#rowBytes, this.#most));
    if (blocks > 0) this.#scan(blocks, 0, this.#at(0), out);
    return new Uint16Array(this.#memory.buffer, out, this.#rows);
  }

  /** The tables stand before the rows. */
  #at(row: number): number {
    return (row + 32) * this.#rowBytes;
  }
}

/** For every two dimensions the 16 sums that their bits can make, greater for nearer. */
function tables(vector: Float32Array, count: number, most: number): Uint8Array {
  const pair = (at: number) => [vector[2 * at] ?? 0, vector[2 * at + 1] ?? 0] as const;
  const spans = Array.from({ length: count }, (_, at) => GREATER * (Math.abs(pair(at)[0]) + Math.abs(pair(at)[1])));
  const scale = most / (2 * Math.max(...spans) || 1);
  const sums = new Uint8Array(16 * count);
  for (const [at, span] of spans.entries()) {
    const [x, y] = pair(at);
    for (let bits = 0; bits < 16; bits++) sums[16 * at + bits] = Math.round((x * sized(bits) + y * sized(bits >> 2) + span) * scale);
  }
  return sums;
}

/** What two bits stand for. */
function sized(bits: number): number {
  return (bits & 1 ? 1 : -1) * (bits & 2 ? GREATER : 1);
}
