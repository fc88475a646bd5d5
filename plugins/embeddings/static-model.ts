import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TokenizerFile, WordPiece } from "../../pipeline/text/wordpiece.ts";
import { ScaledRows } from "./scaled-rows.ts";

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
  readonly #rows: ScaledRows;
  readonly #tokenizer: WordPiece;

  /** @param folder holds model.onnx, tokenizer.json and meta.json. */
  constructor(folder: string, { dimensions, vocabulary, max_tokens: maxTokens, table, scales }: StaticMeta) {
    if (table.length !== vocabulary * dimensions || scales.length !== 4 * vocabulary)
      throw new Error("the embedding model's table does not have the size that its meta.json says");
    this.dimensions = dimensions;
    this.#maxTokens = maxTokens;
    this.#rows = new ScaledRows(join(folder, "model.onnx"), {
      ...{ count: vocabulary, dimensions, most: maxTokens },
      ...{ table: table.offset, scales: scales.offset },
    });
    this.#tokenizer = new WordPiece(readJson<TokenizerFile>(join(folder, "tokenizer.json")));
  }

  /** A vector of unit length; all zeros for a text without tokens. */
  embed(text: string): Float32Array {
    const sum = this.#rows.sum(this.tokens(text));
    let squares = 0;
    for (let i = 0; i < sum.length; i++) squares += (sum[i] as number) ** 2;
    const length = Math.sqrt(squares);
    if (length > 0) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) / length;
    return sum;
  }

  tokens(text: string): number[] {
    return this.#tokenizer.encode(text, this.#maxTokens);
  }
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
