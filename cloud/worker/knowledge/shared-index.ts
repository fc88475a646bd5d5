/** The index of what is shared: vectors in Vectorize, made by Workers AI. Both bindings are optional, and so is the index. */
import * as z from "zod";
import { CloudError } from "../errors.ts";

/** Of the binding of Vectorize, what is used here. A change is taken at once, and seen some seconds later. */
export interface VectorBinding {
  query(
    vector: number[],
    options: { readonly topK: number; readonly namespace: string },
  ): Promise<{ readonly matches: readonly { readonly id: string; readonly score: number }[] }>;
  upsert(vectors: { readonly id: string; readonly values: number[]; readonly namespace: string }[]): Promise<unknown>;
  deleteByIds(ids: string[]): Promise<unknown>;
}

/** Of the binding of Workers AI, what is used here. */
export interface EmbeddingBinding {
  run(model: string, input: { readonly text: string[] }): Promise<unknown>;
}

export interface IndexBindings {
  readonly VECTORIZE?: VectorBinding;
  readonly AI?: EmbeddingBinding;
  /** A model of Workers AI whose vectors have the index's dimensions. */
  readonly EMBEDDING_MODEL: string;
}

export interface SharedIndex {
  /** One vector a text, in order. */
  embed(texts: readonly string[]): Promise<number[][]>;
  readonly vectors: VectorBinding;
}

/** Texts that Workers AI takes at once. */
const TEXTS_AT_ONCE = 100;
const Embedded = z.object({ data: z.array(z.array(z.number()).min(1)) });

/** Undefined where the deployment has none. */
export function sharedIndex({ VECTORIZE, AI, EMBEDDING_MODEL }: IndexBindings): SharedIndex | undefined {
  if (!VECTORIZE || !AI || !EMBEDDING_MODEL) return undefined;
  const embed = async (text: string[]) => {
    const { data, success } = Embedded.safeParse(await AI.run(EMBEDDING_MODEL, { text }));
    if (!success || data.data.length !== text.length) throw new CloudError("unavailable", "The model of embeddings gave another form.");
    return data.data;
  };
  return {
    vectors: VECTORIZE,
    async embed(texts) {
      const vectors: number[][] = [];
      for (let at = 0; at < texts.length; at += TEXTS_AT_ONCE) vectors.push(...(await embed(texts.slice(at, at + TEXTS_AT_ONCE))));
      return vectors;
    },
  };
}

/** @throws CloudError knowledge_off */
export function mustHaveIndex(bindings: IndexBindings): SharedIndex {
  const index = sharedIndex(bindings);
  if (!index) throw new CloudError("knowledge_off");
  return index;
}
