import { advance, assemble, get, lanes, newMemory, repeat, reserve, set, simd, store32 } from "../../pipeline/wasm.ts";

const [ROWS, WORDS, QUERY, BITS, OUT, SUM, LEFT, AT] = [0, 1, 2, 3, 4, 5, 6, 7];

/** Vectors as their signs, a bit a dimension: a first look at very many of them. Rows are kept in the order of adding. */
export class SignRows {
  readonly #rowBytes: number;
  readonly #memory = newMemory();
  readonly #scan: (...args: number[]) => void;
  #rows = 0;

  constructor(dimensions: number) {
    this.#rowBytes = Math.ceil(dimensions / 128) * 16;
    this.#scan = assemble(
      this.#memory,
      5,
      { v128: 1, i32: 2 },
      repeat(
        ROWS,
        ...[simd.zero, set(SUM), get(WORDS), set(LEFT), get(QUERY), set(AT)],
        repeat(
          LEFT,
          ...[get(SUM), get(BITS), simd.load, get(AT), simd.load, simd.xor, simd.popcnt8, simd.pairwiseAdd8, simd.add16, set(SUM)],
          ...[advance(BITS, 16), advance(AT, 16)],
        ),
        ...[get(SUM), simd.pairwiseAdd16, set(SUM), get(OUT), lanes(SUM), store32, advance(OUT, 4)],
      ),
    );
  }

  add(vector: Float32Array): void {
    reserve(this.#memory, this.#at(this.#rows + 1));
    this.#write(this.#at(this.#rows), vector);
    this.#rows++;
  }

  /** The rows of about `count` nearest, more where the last are equally near, in order of adding. */
  nearest(vector: Float32Array, count: number): Int32Array {
    const distances = this.#distances(vector);
    const histogram = new Uint32Array(this.#rowBytes * 8 + 1);
    for (const distance of distances) histogram[distance] = (histogram[distance] as number) + 1;
    let limit = 0;
    let found = histogram[0] as number;
    while (found < count && limit < histogram.length - 1) found += histogram[++limit] as number;
    const rows = new Int32Array(found);
    for (let row = 0, at = 0; row < distances.length; row++) if ((distances[row] as number) <= limit) rows[at++] = row;
    return rows;
  }

  #distances(vector: Float32Array): Int32Array {
    const out = this.#at(this.#rows);
    reserve(this.#memory, out + 4 * this.#rows);
    this.#write(0, vector);
    this.#scan(this.#rows, this.#rowBytes / 16, 0, this.#at(0), out);
    return new Int32Array(this.#memory.buffer, out, this.#rows);
  }

  #write(at: number, vector: Float32Array): void {
    const bytes = new Uint8Array(this.#memory.buffer, at, this.#rowBytes).fill(0);
    for (let i = 0; i < vector.length; i++) if ((vector[i] as number) > 0) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  }

  /** The query stands before the rows. */
  #at(row: number): number {
    return (row + 1) * this.#rowBytes;
  }
}
