import {
  add,
  advance,
  assemble,
  get,
  i32,
  lanes,
  load32,
  multiply,
  newMemory,
  repeat,
  reserve,
  set,
  shiftLeft,
  simd,
  store32,
} from "../../pipeline/wasm.ts";

const [ROWS, WORDS, QUERY, VECTORS, CHOSEN, OUT, SUM, A, B, LEFT, P, Q] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/** The dot product of 16 bytes, in two halves, added to the sum. */
const half = (extend: readonly number[]) => [get(SUM), get(A), extend, get(B), extend, simd.dot16, simd.add32, set(SUM)].flat();

/** Vectors as signed bytes, compared with SIMD. Rows are kept in the order of adding. */
export class ByteRows {
  readonly #rowBytes: number;
  readonly #memory = newMemory();
  readonly #scan: (...args: number[]) => void;
  #rows = 0;

  constructor(dimensions: number) {
    this.#rowBytes = Math.ceil(dimensions / 16) * 16;
    this.#scan = assemble(
      this.#memory,
      6,
      { v128: 3, i32: 3 },
      repeat(
        ROWS,
        ...[simd.zero, set(SUM), get(WORDS), set(LEFT), get(QUERY), set(Q)],
        ...[get(CHOSEN), load32, get(WORDS), multiply, i32(4), shiftLeft, get(VECTORS), add, set(P)],
        repeat(
          LEFT,
          ...[get(P), simd.load, set(A), get(Q), simd.load, set(B)],
          ...[half(simd.extendLow8), half(simd.extendHigh8), advance(P, 16), advance(Q, 16)],
        ),
        ...[get(OUT), lanes(SUM), store32, advance(OUT, 4), advance(CHOSEN, 4)],
      ),
    );
  }

  get size(): number {
    return this.#rows;
  }

  add(vector: Int8Array): void {
    reserve(this.#memory, this.#at(this.#rows + 1));
    new Int8Array(this.#memory.buffer, this.#at(this.#rows), this.#rowBytes).fill(0).set(vector);
    this.#rows++;
  }

  /** The dot product of `vector` with each of the rows. */
  dots(vector: Int8Array, rows: Int32Array): Int32Array {
    if (rows.length === 0) return new Int32Array();
    const chosen = this.#at(this.#rows);
    const out = chosen + rows.byteLength;
    reserve(this.#memory, out + rows.byteLength);
    new Int8Array(this.#memory.buffer, 0, this.#rowBytes).fill(0).set(vector);
    new Int32Array(this.#memory.buffer, chosen, rows.length).set(rows);
    this.#scan(rows.length, this.#rowBytes / 16, 0, this.#at(0), chosen, out);
    return new Int32Array(this.#memory.buffer, out, rows.length);
  }

  /** The query stands before the rows. */
  #at(row: number): number {
    return (row + 1) * this.#rowBytes;
  }
}
