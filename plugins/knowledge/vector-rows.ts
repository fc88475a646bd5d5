import { ByteRows } from "./byte-rows.ts";
import { CoarseRows } from "./coarse-rows.ts";
import type { Scope } from "./corpus.ts";
import { dequantise, highBytes, quantise } from "./quantise.ts";
import { topPositions } from "./top.ts";
import type { StoredVector, VectorBlock } from "./vector-block.ts";

/** Up to this many, all are compared; beyond, the likeliest at a first look: one in so many, and no fewer than that. */
const COMPARE_ALL = 4_000;
const LIKELIEST = { oneIn: 50, atLeast: 3_000 };
/** Of a scope of so small a part of all documents, all are compared. */
const SMALL_SCOPE = 10;

/** Vectors in memory, in the order of adding: of each its chunk, the chunk's document, and the numbers in two degrees. */
export class VectorRows {
  readonly #bytes: ByteRows;
  readonly #coarse: CoarseRows;
  readonly #chunks: number[] = [];
  readonly #documents: number[] = [];

  constructor(dimensions: number) {
    this.#bytes = new ByteRows(dimensions);
    this.#coarse = new CoarseRows(dimensions);
  }

  get size(): number {
    return this.#chunks.length;
  }

  add({ chunk, document, vector }: StoredVector): void {
    this.#bytes.add(highBytes(vector));
    this.#coarse.add(dequantise(vector));
    this.#chunks.push(chunk);
    this.#documents.push(document);
  }

  addBlock({ chunks, documents, bytes, coarse }: VectorBlock): void {
    this.#bytes.addCopy(bytes);
    this.#coarse.addCopy(coarse, chunks.length);
    for (const chunk of chunks) this.#chunks.push(chunk);
    for (const document of documents) this.#documents.push(document);
  }

  /** Chunks, nearest first. */
  nearest(vector: Float32Array, limit: number, scope: Scope): number[] {
    const rows = this.#candidates(vector, scope);
    const dots = this.#bytes.dots(highBytes(quantise(vector)), rows);
    return topPositions(dots, limit).map((at) => this.#chunks[rows[at] as number] as number);
  }

  /** The rows to compare: those in the scope, and of very many the likeliest. */
  #candidates(vector: Float32Array, scope: Scope): Int32Array {
    const inScope = (row: number) => scope === undefined || scope.has(this.#documents[row] as number);
    if (this.size <= COMPARE_ALL || (scope && scope.size < this.size / SMALL_SCOPE)) {
      const rows = firstNumbers(this.size);
      return scope ? rows.filter(inScope) : rows;
    }
    const likeliest = this.#coarse.nearest(vector, Math.max(LIKELIEST.atLeast, this.size / LIKELIEST.oneIn));
    return scope ? likeliest.filter(inScope) : likeliest;
  }
}

function firstNumbers(count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}
