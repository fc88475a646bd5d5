/** The vectors of up to 65,536 neighbouring chunks, in the form in which they are held in memory. */
import { ByteRows } from "./byte-rows.ts";
import { CoarseRows } from "./coarse-rows.ts";
import { dequantise, highBytes } from "./quantise.ts";

/** A row of the table of vectors. */
export interface StoredVector {
  readonly chunk: number;
  readonly document: number;
  readonly vector: Uint8Array;
}

export interface VectorBlock {
  readonly chunks: Float64Array<ArrayBuffer>;
  readonly documents: Float64Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly coarse: Uint8Array<ArrayBuffer>;
}

/** Collects the vectors of one model. */
export class VectorBlockBuilder {
  readonly #chunks: number[] = [];
  readonly #documents: number[] = [];
  #bytes: ByteRows | undefined;
  #coarse: CoarseRows | undefined;

  get rows(): number {
    return this.#chunks.length;
  }

  add({ chunk, document, vector }: StoredVector): void {
    this.#bytes ??= new ByteRows(vector.length / 2);
    this.#coarse ??= new CoarseRows(vector.length / 2);
    this.#bytes.add(highBytes(vector));
    this.#coarse.add(dequantise(vector));
    this.#chunks.push(chunk);
    this.#documents.push(document);
  }

  build(): VectorBlock {
    return {
      chunks: new Float64Array(this.#chunks),
      documents: new Float64Array(this.#documents),
      bytes: this.#bytes?.copy() ?? new Uint8Array(),
      coarse: this.#coarse?.copy() ?? new Uint8Array(),
    };
  }
}

/** The memory of a block, to be handed over. */
export function buffersOfBlock({ chunks, documents, bytes, coarse }: VectorBlock): ArrayBuffer[] {
  return [chunks, documents, bytes, coarse].map(({ buffer }) => buffer);
}
