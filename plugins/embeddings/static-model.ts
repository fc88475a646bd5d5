import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TokenizerFile, WordPiece } from "../../pipeline/text/wordpiece.ts";

/** `meta.json` of a static model: where its two arrays lie in the ONNX file. */
export interface StaticMeta {
  readonly name: string;
  readonly max_tokens: number;
  readonly dimensions: number;
  readonly vocabulary: number;
  readonly table: { readonly offset: number; readonly length: number };
  readonly scales: { readonly offset: number; readonly length: number };
  readonly sha256: { readonly "model.onnx": string };
}

export function readMeta(folder: string): StaticMeta {
  return readJson<StaticMeta>(join(folder, "meta.json"));
}

/**
 * A token-table model: a text's vector is the normalised sum of its tokens' rows. The rows are looked up where they lie
 * in the ONNX file; running the graph costs more than the few additions that it asks for.
 */
export class StaticModel {
  readonly dimensions: number;
  readonly #maxTokens: number;
  readonly #table: Int8Array;
  readonly #scales: Float32Array;
  readonly #tokenizer: WordPiece;

  /** @param folder holds model.onnx, tokenizer.json and meta.json. */
  constructor(folder: string, meta: StaticMeta) {
    const file = readFileSync(join(folder, "model.onnx"));
    this.dimensions = meta.dimensions;
    this.#maxTokens = meta.max_tokens;
    this.#table = new Int8Array(file.buffer, file.byteOffset + meta.table.offset, meta.table.length);
    const scales = file.subarray(meta.scales.offset, meta.scales.offset + meta.scales.length);
    this.#scales = new Float32Array(new Uint8Array(scales).buffer); // copied, since floats must lie at a multiple of 4
    if (this.#table.length !== meta.vocabulary * meta.dimensions || this.#scales.length !== meta.vocabulary)
      throw new Error("the embedding model's table does not have the size that its meta.json says");
    this.#tokenizer = new WordPiece(readJson<TokenizerFile>(join(folder, "tokenizer.json")));
  }

  /** A vector of unit length; all zeros for a text without tokens. */
  embed(text: string): Float32Array {
    const sum = new Float32Array(this.dimensions);
    const ids = this.tokens(text);
    let at = 0;
    for (; at + 4 <= ids.length; at += 4) this.#addFourRows(sum, ids, at);
    for (; at < ids.length; at++) this.#addRow(sum, ids[at] as number);
    let squares = 0;
    for (let i = 0; i < sum.length; i++) squares += (sum[i] as number) ** 2;
    const length = Math.sqrt(squares);
    if (length > 0) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) / length;
    return sum;
  }

  tokens(text: string): number[] {
    return this.#tokenizer.encode(text, this.#maxTokens);
  }

  /** Four rows in one pass over the sum: twice as fast as one by one. */
  #addFourRows(sum: Float32Array, ids: readonly number[], at: number): void {
    const table = this.#table;
    const [a, b, c, d] = [ids[at], ids[at + 1], ids[at + 2], ids[at + 3]] as [number, number, number, number];
    const [sa, sb, sc, sd] = [this.#scales[a], this.#scales[b], this.#scales[c], this.#scales[d]] as [number, number, number, number];
    const n = sum.length;
    for (let i = 0, ra = a * n, rb = b * n, rc = c * n, rd = d * n; i < n; i++, ra++, rb++, rc++, rd++)
      sum[i] =
        (sum[i] as number) +
        (table[ra] as number) * sa +
        (table[rb] as number) * sb +
        (table[rc] as number) * sc +
        (table[rd] as number) * sd;
  }

  #addRow(sum: Float32Array, id: number): void {
    const table = this.#table;
    const scale = this.#scales[id] as number;
    const from = id * sum.length;
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (table[from + i] as number) * scale;
  }
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
