import { advance, assemble, get, i32, newMemory, repeat, reserve, set, simd } from "../../pipeline/wasm.ts";

const [BLOCKS, TABLES, BITS, OUT, LOW, HIGH, MASK, ROWS, SUM] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** Rows that are compared at once: a byte of each. */
const BLOCK = 16;
/** The greatest value in a table: two of them fit into a byte. */
const MOST = 127;

/**
 * Vectors as their signs, a bit a dimension: a first look at very many of them. The question keeps its sizes, so that a
 * dimension in which it is great counts more: of the true first ten this finds in one vector of ten what signs against
 * signs find in one of four. Four dimensions of a row choose one of 16 sums, which are made once a question.
 * Rows are kept in the order of adding, 16 together: first the first byte of each, then the second.
 */
export class SignRows {
  readonly #rowBytes: number;
  readonly #memory = newMemory();
  readonly #scan: (...args: number[]) => void;
  #rows = 0;

  constructor(dimensions: number) {
    this.#rowBytes = Math.ceil(dimensions / 8);
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
    const block = this.#rows - (this.#rows % BLOCK);
    reserve(this.#memory, this.#at(block + BLOCK));
    const bytes = new Uint8Array(this.#memory.buffer, this.#at(block), BLOCK * this.#rowBytes);
    for (let i = 0; i < vector.length; i++) {
      const at = (i >> 3) * BLOCK + (this.#rows % BLOCK);
      if ((vector[i] as number) > 0) bytes[at] = (bytes[at] as number) | (1 << (i & 7));
    }
    this.#rows++;
  }

  /** The rows of about `count` nearest, more where the last are equally near, in order of adding. */
  nearest(vector: Float32Array, count: number): Int32Array {
    const scores = this.#scores(vector);
    const histogram = new Uint32Array(2 * MOST * this.#rowBytes + 1);
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
    new Uint8Array(this.#memory.buffer, 0, 32 * this.#rowBytes).set(tables(vector, 2 * this.#rowBytes));
    if (blocks > 0) this.#scan(blocks, 0, this.#at(0), out);
    return new Uint16Array(this.#memory.buffer, out, this.#rows);
  }

  /** The tables stand before the rows. */
  #at(row: number): number {
    return (row + 32) * this.#rowBytes;
  }
}

/** For every four dimensions the 16 sums that their signs can make, greater for nearer. */
function tables(vector: Float32Array, count: number): Uint8Array {
  const group = (at: number) => vector.subarray(4 * at, 4 * at + 4);
  const spans = Array.from({ length: count }, (_, at) => group(at).reduce((sum, x) => sum + Math.abs(x), 0));
  const scale = MOST / (2 * Math.max(...spans) || 1);
  const sums = new Uint8Array(16 * count);
  for (const [at, span] of spans.entries())
    for (let signs = 0; signs < 16; signs++) {
      const sum = group(at).reduce((all, x, i) => all + ((signs >> i) & 1 ? x : -x), 0);
      sums[16 * at + signs] = Math.round((sum + span) * scale);
    }
  return sums;
}
