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
  simd,
  store32,
} from "../../pipeline/wasm.ts";

const [ROWS, QUERY, VECTORS, CHOSEN, OUT, SUM, P] = [0, 1, 2, 3, 4, 5, 6];

/** Dimensions that are multiplied at once. */
const LANES = 8;

/** Vectors as signed bytes, compared with SIMD. Rows are kept in the order of adding. */
export class ByteRows {
  readonly #rowBytes: number;
  readonly #memory = newMemory();
  readonly #scan: (...args: number[]) => void;
  #rows = 0;

  constructor(dimensions: number) {
    this.#rowBytes = Math.ceil(dimensions / LANES) * LANES;
    const ofLanes = (at: number) =>
      [get(SUM), get(P), simd.loadBytesAt(LANES * at), get(QUERY), simd.loadAt(2 * LANES * at), simd.dot16, simd.add32, set(SUM)].flat();
    this.#scan = assemble(
      this.#memory,
      5,
      { v128: 1, i32: 1 },
      repeat(
        ROWS,
        ...[get(CHOSEN), load32, i32(this.#rowBytes), multiply, get(VECTORS), add, set(P), simd.zero, set(SUM)],
        ...Array.from({ length: this.#rowBytes / LANES }, (_, at) => ofLanes(at)),
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

  /** All rows, to be added to others by `addCopy`. */
  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, this.#at(0), this.#rows * this.#rowBytes).slice();
  }

  addCopy(rows: Uint8Array): void {
    const count = rows.length / this.#rowBytes;
    reserve(this.#memory, this.#at(this.#rows + count));
    new Uint8Array(this.#memory.buffer, this.#at(this.#rows), rows.length).set(rows);
    this.#rows += count;
  }

  /** The dot product of `vector` with each of the rows. */
  dots(vector: Int8Array, rows: Int32Array): Int32Array {
    if (rows.length === 0) return new Int32Array();
    const chosen = Math.ceil(this.#at(this.#rows) / 4) * 4;
    const out = chosen + rows.byteLength;
    reserve(this.#memory, out + rows.byteLength);
    new Int16Array(this.#memory.buffer, 0, this.#rowBytes).fill(0).set(vector);
    new Int32Array(this.#memory.buffer, chosen, rows.length).set(rows);
    this.#scan(rows.length, 0, this.#at(0), chosen, out);
    return new Int32Array(this.#memory.buffer, out, rows.length);
  }

  /** The query stands before the rows, in two bytes a dimension. */
  #at(row: number): number {
    return (row + 2) * this.#rowBytes;
  }
}
